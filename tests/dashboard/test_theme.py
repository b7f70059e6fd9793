"""The colours: readable, told apart under colour-vision deficiency, and the same in tokens, theme file and CSS."""

from __future__ import annotations

import itertools
import math
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from dashboard import theme
from dashboard.ui import style

ROOT = Path(__file__).resolve().parents[2]
DASHBOARD = ROOT / "dashboard"
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
CSS = (DASHBOARD / "ui" / "style.css").read_text()
MODES = ("light", "dark")

# Machado, Oliveira and Fernandes (2009), severity 1.0, linear RGB.
DEFICIENCIES = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    ratios = to_xyz @ rgb / np.array([0.95047, 1.0, 1.08883])
    f = np.where(ratios > (6 / 29) ** 3, np.cbrt(ratios), ratios / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def ciede2000(one: np.ndarray, other: np.ndarray) -> float:
    """Colour difference (Sharma, Wu and Dalal 2005)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    c_mean = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(c_mean**7 / (c_mean**7 + 25**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    dh = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    dl, dc, d_hue = l2 - l1, c2 - c1, 2 * math.sqrt(c1 * c2) * math.sin(math.radians(dh / 2))
    l_mean, c_mean = (l1 + l2) / 2, (c1 + c2) / 2
    h_mean = h1 + h2 if c1 * c2 == 0 else (h1 + dh / 2) % 360
    t = (
        1
        - 0.17 * math.cos(math.radians(h_mean - 30))
        + 0.24 * math.cos(math.radians(2 * h_mean))
        + 0.32 * math.cos(math.radians(3 * h_mean + 6))
        - 0.20 * math.cos(math.radians(4 * h_mean - 63))
    )
    s_l = 1 + 0.015 * (l_mean - 50) ** 2 / math.sqrt(20 + (l_mean - 50) ** 2)
    s_c, s_h = 1 + 0.045 * c_mean, 1 + 0.015 * c_mean * t
    turn = 60 * math.exp(-(((h_mean - 275) / 25) ** 2))
    r_t = -2 * math.sqrt(c_mean**7 / (c_mean**7 + 25**7)) * math.sin(math.radians(turn))
    return math.sqrt((dl / s_l) ** 2 + (dc / s_c) ** 2 + (d_hue / s_h) ** 2 + r_t * (dc / s_c) * (d_hue / s_h))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_colour_difference_is_that_of_the_published_pairs(
    one: tuple[float, ...], other: tuple[float, ...], expected: float
) -> None:
    """Pairs and results of Sharma, Wu and Dalal (2005), table 1."""
    assert ciede2000(np.array(one), np.array(other)) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("deficiency", ["none", *DEFICIENCIES])
def test_categories_are_told_apart_by_everyone(mode: str, deficiency: str) -> None:
    seen = np.eye(3) if deficiency == "none" else np.array(DEFICIENCIES[deficiency])
    colours = [lab(np.clip(seen @ linear(theme.colour(f"cat.{i}", mode)), 0, 1)) for i in range(5)]
    smallest = min(ciede2000(one, other) for one, other in itertools.combinations(colours, 2))
    assert smallest >= (24 if deficiency == "none" else 14)


@pytest.mark.parametrize("mode", MODES)
def test_text_reads_on_every_ground_it_stands_on(mode: str) -> None:
    for ground in ("page", "card", "sunk"):
        for text in ("ink", "ink2", "muted", "link"):
            ratio = theme.contrast(theme.colour(text, mode), theme.colour(ground, mode))
            assert ratio >= 4.5, f"{text} on {ground}: {ratio:.2f}"
    for name in ("info", "caution"):
        assert theme.contrast(theme.colour(f"{name}.0", mode), theme.colour(f"{name}.1", mode)) >= 4.5
    for name in ("clay", "mid"):
        assert theme.contrast(theme.colour(f"label_text.{name}", mode), theme.colour("card", mode)) >= 4.5


@pytest.mark.parametrize("mode", MODES)
def test_marks_and_edges_stand_out(mode: str) -> None:
    marks = [f"cat.{i}" for i in range(5)] + [f"ordered3.{i}" for i in range(3)] + ["primary", "edge"]
    for name in marks:
        assert theme.contrast(theme.colour(name, mode), theme.colour("card", mode)) >= 3.0, name


@pytest.mark.parametrize("mode", MODES)
def test_theme_file_and_tokens_agree(mode: str) -> None:
    written = CONFIG["theme"][mode]
    pairs = {
        "primaryColor": "primary",
        "backgroundColor": "page",
        "secondaryBackgroundColor": "sunk",
        "textColor": "ink",
        "linkColor": "link",
        "borderColor": "edge",
        "dataframeBorderColor": "rule",
        "dataframeHeaderBackgroundColor": "sunk",
        "dataframeHeaderTextColor": "ink2",
        "grayTextColor": "muted",
        "blueBackgroundColor": "info.0",
        "blueTextColor": "info.1",
        "yellowBackgroundColor": "caution.0",
        "yellowTextColor": "caution.1",
    }
    assert {key: written[key] for key in pairs} == {key: theme.colour(name, mode) for key, name in pairs.items()}
    assert written["chartCategoricalColors"] == theme.tokens(mode)["cat"]
    ends = theme.tokens(mode)["seq7"]
    assert [written["chartSequentialColors"][i] for i in (0, -1)] == [ends[0], ends[-1]]  # type: ignore[index]
    for kind in ("blue", "yellow", "orange", "green", "red"):
        assert theme.contrast(written[f"{kind}TextColor"], written[f"{kind}BackgroundColor"]) >= 4.5, kind


def test_theme_file_names_the_fonts_that_are_shipped() -> None:
    faces = CONFIG["theme"]["fontFaces"]
    for face in faces:
        name = face["url"].removeprefix("app/static/")
        assert (DASHBOARD / "static" / name).read_bytes()[:4] == b"wOF2"
        assert not face["family"][-1].isdigit(), "a family name ending in a digit never loads"
    assert {face["family"] for face in faces} == {"Inter", "SourceSerif"}
    assert CONFIG["theme"]["font"] == theme.FONT
    assert CONFIG["theme"]["headingFont"] == theme.HEADING_FONT
    licences = [path.read_text() for path in (DASHBOARD / "static").glob("*LICENSE.txt")]
    assert len(licences) == 2
    assert all("SIL Open Font License" in text or "SIL OPEN FONT LICENSE" in text for text in licences)


def test_nothing_is_counted_and_nothing_is_fetched_from_elsewhere() -> None:
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["server"]["enableStaticServing"] is True
    assert CONFIG["runner"]["magicEnabled"] is False
    assert CONFIG["runner"]["postScriptGC"] is False
    assert CONFIG["client"]["showErrorDetails"] == "none"
    for path in [*(DASHBOARD / "ui").glob("*"), *(DASHBOARD / "static").glob("*.svg")]:
        if path.is_file():
            named = re.findall(r"https?://[\w./-]+", path.read_text())
            assert set(named) <= {"http://www.w3.org/2000/svg"}, path.name


def test_every_colour_of_the_css_is_a_token() -> None:
    defined = set(theme.flat("light"))
    assert set(theme.flat("dark")) == defined
    used = set(re.findall(r"var\(--([\w-]+)\)", CSS))
    assert used
    assert used <= defined | set(style.TEXTS) | {style.OF_PAGE}, "what is no colour is a text"
    plain = {value.lower() for value in re.findall(r"#[0-9a-fA-F]{3,6}\b", CSS)}
    assert plain <= {"#000", "#fff", "#0f1517"}, "colours stand in tokens.json"


def test_variables_hold_both_themes() -> None:
    text = theme.css_variables()
    assert f"--primary:{theme.colour('primary', 'light')};" in text
    assert f"--primary:light-dark({theme.colour('primary', 'light')},{theme.colour('primary', 'dark')});" in text


def test_colours_are_looked_up_by_name() -> None:
    assert theme.colour("cat.1", "light") == "#C65A1E"
    assert theme.colour("label_text.mid", "dark") == "#98A4A8"
    assert theme.text_on("#0B5050") == "#FFFFFF"
    assert theme.text_on("#EEF5F2") == "#10171A"
    with pytest.raises(ValueError, match="no sepia theme"):
        theme.colour("cat.1", "sepia")
