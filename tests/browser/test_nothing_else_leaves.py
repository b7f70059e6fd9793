"""One scanner over everything that leaves the public door: pages, figures, frames, files, names, logs, end points.

It looks for codes of people, coaches and episodes, for the key, and for true counts. The attacker is given every code,
the key and every true count; at the manager's door the same scanner must find true counts, or it would prove nothing.
"""

from __future__ import annotations

import base64
import io
import re
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import pipelines
from pipelines.estimate import LiveReader
from pipelines.questions import Question
from pipelines.warehouse import open_records
from tests.browser import doors

pytestmark = pytest.mark.browser
PIPELINES = Path(pipelines.__file__).parent
CODED = (("participants", "participant_id"), ("episodes", "episode_id"), ("coaches", "coach_id"))
LEAST_COUNT = 101
"""True counts below this are not looked for: percentages, days and scores would be taken for them."""
CODE = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE)
NUMBER = re.compile(r"(?<![\w.,#&/:%-])(?:\d{1,3}(?:,\d{3})+|\d{3,5})(?:\.0+)?(?![\w,%-]|\.\d)")
END_POINTS = ("/_stcore/health", "/_stcore/metrics", "/_stcore/host-config", "/_stcore/script-health-check", "/metrics")
FIGURES = "charts => charts.map(chart => JSON.stringify([chart.data, chart.layout.annotations, chart.ariaLabel]))"


@dataclass
class Secrets:
    """What must not leave: codes, forms of the key, true counts that no printed number could be."""

    codes: set[str]
    key: list[bytes]
    counts: set[int]


@dataclass
class Taken:
    """What left: text that people and their tools read, and bytes of any kind."""

    texts: list[str] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)

    def codes(self, secrets: Secrets) -> set[str]:
        """Return the codes that were found."""
        everything = [*self.texts, *(part.decode("latin-1") for part in self.raw)]
        return {found.replace("-", "").lower() for text in everything for found in CODE.findall(text)} & secrets.codes

    def keys(self, secrets: Secrets) -> list[bytes]:
        """Return the forms of the key that were found."""
        whole = b"\0".join([*(text.encode() for text in self.texts), *self.raw])
        return [form for form in secrets.key if form in whole]

    def counts(self, secrets: Secrets) -> set[int]:
        """Return the true counts that were found as numbers in a text."""
        found = {int(float(number.replace(",", ""))) for text in self.texts for number in NUMBER.findall(text)}
        return found & secrets.counts


@pytest.fixture(scope="module")
def secrets(sample_home: Path) -> Secrets:
    asked = open_records(sample_home)
    codes = {str(value).replace("-", "") for table, column in CODED
             for (value,) in asked.rows(f"select {column} from {table}")}  # fmt: skip
    asked.close()
    key = (sample_home.parent / "secret" / "key").read_bytes().strip()
    forms = [key, key.hex().encode(), base64.b64encode(key), base64.urlsafe_b64encode(key)]
    live = LiveReader(sample_home)
    counts: set[int] = set()
    for name in ("", *(dimension.name for dimension in live.dimensions())):
        for measure in ("people_enrolled", "staying_curve", "stayed_share"):
            table = live.ask(Question(measure, (name,) if name else ()))
            numbers = table.loc[table["status"].isin(["shown", "rough"]), ["n", "events"]].to_numpy().ravel()
            counts |= {int(number) for number in numbers if number == number}
    live.close()
    # Printed numbers are multiples of 5; what looks like a year is one; the declarations are public.
    public = {int(number) for text in ("definitions.toml", "disclosure/spec.toml")
              for number in re.findall(r"\d+", (PIPELINES / text).read_text("utf-8"))}  # fmt: skip
    hidden = {n for n in counts - public if n >= LEAST_COUNT and n % 5 and not 1900 <= n <= 2100}
    return Secrets(codes, forms, hidden)


def look(page: Page, door: doors.Door, name: str, taken: Taken) -> None:
    """Open a page and take its text, its markup, its figures."""
    doors.open_page(page, door.url(name))
    for summary in page.get_by_text("Show the numbers as a table").all():
        summary.click()
    doors.settle(page)
    taken.texts.append(page.inner_text("body"))
    taken.texts += page.eval_on_selector_all("[data-testid=chart]", FIGURES)
    taken.raw.append(page.content().encode())


def take_files(page: Page, door: doors.Door, taken: Taken) -> list[str]:
    """Take every file that the public pages give, and return their names."""
    names = []
    for where in ("staying", "report", "get_the_data"):
        doors.open_page(page, door.url(where))
        labels = [
            button.inner_text().split("\n")[-1].strip() for button in page.get_by_role("button", name="Download").all()
        ]
        for label in dict.fromkeys(labels + (["Save picture (SVG)"] if where == "staying" else [])):
            with page.expect_download() as waiting:
                page.get_by_role("button", name=label).first.click()
            content = Path(waiting.value.path()).read_bytes()
            names.append(waiting.value.suggested_filename)
            taken.raw.append(content)
            if zipfile.is_zipfile(io.BytesIO(content)):
                with zipfile.ZipFile(io.BytesIO(content)) as package:
                    names += package.namelist()
                    taken.texts += [package.read(part).decode("utf-8", "replace") for part in package.namelist()]
            elif not content.startswith(b"%PDF"):
                text = re.sub(r"<style.*?</style>", "", content.decode("utf-8", "replace"), flags=re.DOTALL)
                # Of markup the words are read: where they stand on the picture is no number of anybody.
                taken.texts.append(re.sub(r"<[^>]*>", " ", text) if text.lstrip().startswith("<") else text)
    return names


def test_nothing_but_the_release_leaves_the_public_door(
    public: doors.Door, browser: Browser, sample_home: Path, secrets: Secrets
) -> None:
    assert len(secrets.codes) > 1_000
    assert len(secrets.counts) > 20
    taken = Taken()
    with doors.visit(browser) as page:
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: taken.raw.append(
            frame if isinstance(frame, bytes) else frame.encode())))  # fmt: skip
        for name in doors.PAGES["public"]:
            look(page, public, name, taken)
        names = take_files(page, public, taken)
    for place in END_POINTS:
        try:
            with urllib.request.urlopen(public.address + place, timeout=10) as answer:
                taken.texts.append(answer.read().decode("utf-8", "replace"))
        except urllib.error.HTTPError as refused:
            taken.texts.append(refused.read().decode("utf-8", "replace"))
    taken.texts.append(re.sub(r"HTTP/1.1\" \d+", "", (sample_home.parent / "serve-public.log").read_text()))
    taken.texts += names
    assert len(names) > 5
    assert taken.codes(secrets) == set()
    assert taken.keys(secrets) == []
    assert taken.counts(secrets) == set()


def test_the_scanner_finds_true_counts_where_they_are_shown(
    manager: doors.Door, browser: Browser, secrets: Secrets
) -> None:
    taken = Taken()
    with doors.visit(browser) as page:
        look(page, manager, "overview", taken)
    assert len(taken.counts(secrets)) > 3
    assert taken.codes(secrets) == set()
    assert taken.keys(secrets) == []
    planted = Taken([f"code {next(iter(secrets.codes))}"], [b"x" + secrets.key[1]])
    assert len(planted.codes(secrets)) == 1
    assert planted.keys(secrets) == [secrets.key[1]]
