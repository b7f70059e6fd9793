"""A program's own workbook, invented, and the way a data manager takes it through the four steps in a browser."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

from openpyxl import Workbook
from playwright.sync_api import Page

from tests.browser import doors

CANARY = "Zqcanary"
"""Stands in every cell that must never be seen: names, telephones, remarks, and one code nobody knows."""
EXTRACTED = "20260630"
PEOPLE = 160
LAST = date(2026, 6, 30)
PART = "part=Load+your+own+records"


def write(path: Path, people: int = PEOPLE, seed: int = 4) -> Path:
    """Write three sheets with headings of their own: members, a log of sessions with scores, and closed files."""
    draw = random.Random(seed)
    book = Workbook()
    book.remove(book.active)
    members, log, closed = (book.create_sheet(name) for name in ("Member roster", "Coaching log", "Closed files"))
    members.append(["Harbor House, all members"])
    members.append(
        ["Member #", "Full name", "Joined on", "Years old", "Identifies as", "House", "Mainly uses", "Telephone"]
    )
    log.append(["Member #", "When", "Showed up?", "Peer", "How long (min)", "WAI-SR avg", "GSE sum", "Remarks"])
    closed.append(["Member #", "Left on", "Why"])
    for number in range(people):
        member, start = f"HH-{number:04d}", date(2024, 1, 5) + timedelta(draw.randrange(420))
        about = [draw.randrange(19, 70), draw.choice(["F", "M", "NB"]), draw.choice(["Northside", "Harbor"])]
        uses = draw.choice(["Heroin", "Alcohol", "Meth", "H"])
        members.append([member, f"{CANARY} Quist{number}", start, *about, uses, f"{CANARY} {number}"])
        weeks = draw.randrange(3, 40)
        for week in range(weeks):
            day = start + timedelta(7 * week + draw.randrange(3))
            if day > LAST:
                break
            came = draw.choices(["Y", "N", "Called off"], [7, 2, 1])[0]
            held = came == "Y"
            alliance = round(draw.uniform(2.5, 5), 1) if held and week % 3 == 0 else None
            confidence = draw.randrange(20, 41) if held and week % 4 == 0 else None
            minutes = draw.choice([30, 45, 60]) if held else None
            coach = draw.choice(["P1", "P2", "P3", "P4", "P5"])
            log.append([member, day, came, coach, minutes, alliance, confidence, CANARY if week == 0 else None])
        if weeks < 30 and draw.random() < 0.7:
            left = start + timedelta(7 * weeks + 3)
            closed.append([member, left, draw.choice(["Graduated", "Vanished", "Moved", "Jail"])])
    book.save(path)
    return path


def add(page: Page, *paths: Path) -> None:
    """Step 1: add the files and wait until they were looked at."""
    page.locator("input[type=file]").set_input_files([str(path) for path in paths])
    page.get_by_role("heading", name="Match your columns").or_(page.get_by_text("cannot be read yet")).first.wait_for()
    doors.settle(page)


def choose(page: Page, heading: str, target: str) -> None:
    """Say what one column is, by the keyboard."""
    box = page.get_by_role("combobox", name=f"What “{heading}” is").first
    box.click()
    box.fill(target)
    page.keyboard.press("Enter")
    doors.settle(page)


def say_the_day(page: Page, day: str = EXTRACTED) -> None:
    """Type the day of the export, as YYYYMMDD."""
    page.get_by_test_id("stDateInput").get_by_role("spinbutton").first.click()
    page.keyboard.type(day)
    page.keyboard.press("Escape")
    page.get_by_text("Name of these records").click()
    doors.settle(page)


def match(page: Page) -> None:
    """Step 2: what could not be guessed, the day of the export, and the one word that is not known."""
    choose(page, "When", "Session: date held")
    choose(page, "House", "Site")
    say_the_day(page)
    page.get_by_text("Say what the words in “Mainly uses” mean").click()
    page.get_by_label("Opioid is written in “Mainly uses” as").fill("h")
    page.keyboard.press("Tab")
    doors.settle(page)
    page.get_by_text("Everything that is needed is matched.").wait_for()


def check(page: Page) -> None:
    """Step 3: check."""
    page.get_by_role("button", name="Check the files").click()
    page.get_by_role("button", name="Use these records").wait_for()
    doors.settle(page)


def agree(page: Page) -> None:
    """Step 4: confirm that the records shown now are replaced, if that was not done yet."""
    agreed = "Replace the records shown now with these"
    if not page.get_by_role("checkbox", name=agreed).is_checked():
        page.get_by_text(agreed).click()
        doors.settle(page)


def use(page: Page) -> None:
    """Step 4: confirm and use."""
    agree(page)
    page.get_by_role("button", name="Use these records").click()
    page.get_by_text("Your records are in use").wait_for()
    doors.settle(page)


def add_date(page: Page, quarter: str, text: str) -> None:
    """Keep a date of the program's own: what happened in a quarter, as the page writes it."""
    box = page.get_by_role("combobox", name="Quarter")
    box.click()
    box.fill(quarter)
    page.keyboard.press("Enter")
    page.get_by_label("What happened").fill(text)
    page.get_by_role("button", name="Add", exact=True).click()
    page.locator("strong", has_text=quarter).wait_for()
    doors.settle(page)
