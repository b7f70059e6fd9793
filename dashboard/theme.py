"""The colours and type of every screen, chart and report, read from one file."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

MODES = ("light", "dark")
FONT = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
HEADING_FONT = "SourceSerif, Georgia, 'Times New Roman', serif"

Token = str | list[str] | dict[str, str]


@cache
def _file() -> dict[str, dict[str, Token]]:
    read: dict[str, dict[str, Token]] = json.loads(Path(__file__).with_name("tokens.json").read_text("utf-8"))
    return read


def tokens(mode: str = "light") -> dict[str, Token]:
    """Return every token of `mode`, 'light' or 'dark'; ValueError for another mode."""
    if mode not in MODES:
        raise ValueError(f"there is no {mode} theme")
    return _file()[mode]


def colour(name: str, mode: str = "light") -> str:
    """Return one colour as #RRGGBB; `name` is a token, or 'token.2' / 'token.key' for a part of a list or mapping."""
    token, _, part = name.partition(".")
    value = tokens(mode)[token]
    if isinstance(value, list):
        return value[int(part or 0)]
    return value[part] if isinstance(value, dict) else value


def clear(hex_colour: str, alpha: float) -> str:
    """Return `hex_colour` as rgba() with `alpha` from 0 to 1."""
    red, green, blue = (int(hex_colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"


def luminance(hex_colour: str) -> float:
    """Return relative luminance, 0 to 1 (WCAG 2.2, 2023)."""
    parts = [int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, 2023)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def text_on(background: str) -> str:
    """Return white, near-black or black: the better of the first two, black where neither reaches 4.5:1."""
    better = max(("#FFFFFF", "#10171A"), key=lambda text: contrast(text, background))
    return better if contrast(better, background) >= 4.5 else "#000000"


def css_variables() -> str:
    """Return the tokens as CSS custom properties: plain light values first, then light-dark() pairs where known."""
    light, dark = flat("light"), flat("dark")
    plain = "".join(f"--{name}:{value};" for name, value in light.items())
    pairs = "".join(f"--{name}:light-dark({value},{dark[name]});" for name, value in light.items())
    return f":root{{{plain}}}@supports (color:light-dark(#000,#fff)){{.stApp,:root{{{pairs}}}}}"


def flat(mode: str) -> dict[str, str]:
    """Return every token under one hyphenated name, e.g. 'cat-1', 'label-text-clay', 'info-0'."""
    result: dict[str, str] = {}
    for name, value in tokens(mode).items():
        css_name = name.replace("_", "-")
        if isinstance(value, str):
            result[css_name] = value
        elif isinstance(value, list):
            result |= {f"{css_name}-{i}": part for i, part in enumerate(value)}
        else:
            result |= {f"{css_name}-{key}": part for key, part in value.items()}
    return result
