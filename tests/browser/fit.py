"""Whether a page still fits a reader: text given room, pages doubled in size, phones, and the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser import doors

TEXT_SPACING = (
    "*, *::before, *::after { line-height: 1.5 !important; letter-spacing: 0.12em !important; "
    "word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }"
)
"""The most that a reader may ask for under WCAG 2.2, success criterion 1.4.12."""
CUT_OFF = """() => {
    const found = new Set();
    const hides = style => ['hidden', 'clip'].includes(style);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
        const own = text.parentElement;
        if (!text.data.trim() || own.closest('script, style, svg, [aria-hidden=true], [inert]')) continue;
        if (!own.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
        const range = document.createRange();
        range.selectNodeContents(text);
        const words = range.getBoundingClientRect();
        if (words.width < 1 || words.height < 1) continue;
        for (let box = own; box && box !== document.body; box = box.parentElement) {
            const style = getComputedStyle(box), frame = box.getBoundingClientRect();
            if (style.display === 'contents') continue;
            if (frame.width <= 1 || frame.height <= 1) break;
            const left = frame.left - words.left, right = words.right - frame.right;
            const above = frame.top - words.top, below = words.bottom - frame.bottom;
            const wide = hides(style.overflowX) && Math.max(left, right) > 1.5;
            const tall = hides(style.overflowY) && Math.max(above, below) > 3;
            if (wide || tall) found.add(`${text.data.trim().slice(0, 60)} in ${box.tagName}.${box.className}`);
            if ([style.overflowX, style.overflowY].some(one => one === 'auto' || one === 'scroll')) {
                // Nobody can scroll to what lies before the beginning of a box.
                if (above - box.scrollTop > 3 || left - box.scrollLeft > 3)
                    found.add(`${text.data.trim().slice(0, 60)} before ${box.tagName}.${box.className}`);
                break;
            }
            if (style.position === 'fixed') break;
        }
    }
    return [...found];
}"""
"""Names texts that leave a box which hides what leaves it; what can be scrolled to is not hidden."""
SIDEWAYS = """() => [document.documentElement, ...document.querySelectorAll('[data-testid=stMain]')]
    .map(box => box.scrollWidth - box.clientWidth).reduce((most, one) => Math.max(most, one), 0)"""
OUT_OF_CHART = """() => {
    const found = [];
    for (const chart of document.querySelectorAll('.js-plotly-plot')) {
        const frame = chart.querySelector('.main-svg').getBoundingClientRect();
        for (const text of chart.querySelectorAll('text')) {
            const box = text.getBoundingClientRect();
            if (!box.width || getComputedStyle(text).opacity === '0') continue;
            const wide = Math.max(frame.left - box.left, box.right - frame.right);
            if (Math.max(wide, frame.top - box.top, box.bottom - frame.bottom) > 2) found.push(text.textContent);
        }
    }
    return found;
}"""
"""Names texts of charts that stand outside the box of their chart."""
CONTROLS = """() => {
    const wanted = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
    const shown = [...document.querySelectorAll(wanted)].filter(one => {
        const box = one.getBoundingClientRect();
        return !one.disabled && one.tabIndex >= 0 && one.type !== 'file' && box.width > 1 && box.height > 1
            && one.checkVisibility({visibilityProperty: true}) && !one.closest('[inert], [aria-hidden=true]');
    });
    const parts = one => [one, one.parentElement, one.parentElement.parentElement];
    window.looks = one => parts(one).map(part => {
        const style = getComputedStyle(part), after = getComputedStyle(part, '::after');
        const own = [style.outlineStyle, style.outlineWidth, style.boxShadow, style.borderColor];
        return [...own, after.outlineStyle, after.boxShadow].join();
    }).join(';');
    window.controls = new Map(shown.map(one => [one, {before: looks(one), reached: false, seen: false}]));
    window.focused = () => {
        const one = document.activeElement, known = controls.get(one);
        if (!known) return;
        known.reached = true;
        const style = getComputedStyle(one);
        const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
        known.seen ||= outlined || looks(one) !== known.before;
    };
    document.activeElement.blur();
    return shown.length;
}"""
MISSED = """() => [...controls].filter(([one, known]) => one.isConnected && !(known.reached && known.seen))
    .map(([one, known]) => `${known.reached ? 'not seen' : 'not reached'}: ${one.tagName} ${one.role ?? ''} `
        + `${(one.getAttribute('aria-label') || one.innerText || one.outerHTML).trim().slice(0, 60)}`)"""
INSIDE = (
    "() => { focused(); const one = document.activeElement; return [one.tagName, one.getAttribute('role') || '']; }"
)
TABS = "document.activeElement.closest('[role=tablist]').querySelectorAll('[role=tab]').length"
MOST_CHOICES = 8


@dataclass(frozen=True)
class View:
    """One way of looking: width and height in CSS px, pixels for each of them, and text given room or not."""

    name: str
    width: int
    height: int
    scale: float = 1
    spaced: bool = False


VIEWS = (
    View("text spacing", 1440, 1000, spaced=True),
    View("text spacing on a phone", 390, 844, spaced=True),
    View("200 %", 720, 500, scale=2),
    View("320 px", 320, 640),
    View("a tablet beside its filters", 820, 1180),
)


def faults(page: Page, view: View) -> list[str]:
    """Return what does not fit on a page as it stands, given up to five seconds to be laid out."""
    found: list[str] = []
    for _ in range(20):
        found = [f"cut off: {text}" for text in page.evaluate(CUT_OFF)]
        found += [f"outside its chart: {text}" for text in page.evaluate(OUT_OF_CHART)]
        over = int(page.evaluate(SIDEWAYS))
        found += [f"{over} px sideways"] if over > 1 else []
        if not found:
            break
        page.wait_for_timeout(250)
    return [f"{view.name}: {fault}" for fault in found]


@contextmanager
def reader(browser: Browser, view: View) -> Iterator[Page]:
    """Yield a page of its own session in a view."""
    size: ViewportSize = {"width": view.width, "height": view.height}
    context = browser.new_context(viewport=size, device_scale_factor=view.scale, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(doors.PAINT_MILLISECONDS)
    yield page
    context.close()


def look(page: Page, address: str, view: View) -> list[str]:
    """Open an address in a view and return what does not fit; what can be unfolded is unfolded first."""
    doors.open_page(page, address)
    page.evaluate("document.querySelectorAll('details:not([open]) > summary').forEach(one => one.click())")
    doors.settle(page)
    if view.spaced:
        page.add_style_tag(content=TEXT_SPACING)
        doors.settle(page)
    return faults(page, view)


def unreached(page: Page, most: int = 2000) -> list[str]:
    """Go through a page by Tab, and by arrows among choices, and return the controls not reached or not seen then.

    Arrows lead once around tabs, so that the one whose page is looked at is open again.
    """
    page.evaluate(CONTROLS)
    for _ in range(most):
        page.keyboard.press("Tab")
        tag, role = page.evaluate(INSIDE)
        if tag == "BODY":
            break
        if role in ("radio", "tab"):
            for _ in range(page.evaluate(TABS) if role == "tab" else MOST_CHOICES):
                page.keyboard.press("ArrowRight")
                page.evaluate(INSIDE)
                if role == "tab":
                    # A tab left within a tenth of a second, while its page is asked for, can stay open.
                    doors.settle(page)
            doors.settle(page)
    found: list[str] = page.evaluate(MISSED)
    return found
