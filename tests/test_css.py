"""The style sheets keep their promises: small, layered, themable, readable in both schemes."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parent.parent / "static" / "css"
SHEETS = ("tokens", "base", "layout", "components")
AA_TEXT, AA_CONTROL = 4.5, 3.0
GROUNDS = ("paper", "surface", "sunken")
# Pairs whose names do not say so themselves.
PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-soft", "link", "bad-ink") for ground in GROUNDS),
    ("on-action", "action"),
    ("on-action", "action-strong"),
    ("brick-ink", "paper"),
    ("ivy-ink", "surface"),
]
CONTROLS = [(line, ground) for line in ("border", "focus") for ground in GROUNDS]


def test_the_four_sheets_together_stay_below_20_kilobytes():
    assert sum((CSS / f"{sheet}.css").stat().st_size for sheet in SHEETS) < 20 * 1024
    assert {path.stem for path in CSS.iterdir()} == set(SHEETS)


@pytest.mark.parametrize("sheet", SHEETS)
def test_rules_stand_in_layers_and_need_neither_ids_nor_importance(sheet):
    css = _without_comments(sheet)
    assert css.count("{") == css.count("}")
    assert "!important" not in css
    assert not re.search(r"@import|url\(", css), "no further request"
    for selector in re.findall(r"([^{};]+)\{", css):
        assert "#" not in selector, f"an id in {selector.strip()}"
    assert _top_level(css) <= {"@layer"}, "every rule belongs to a layer"


@pytest.mark.parametrize("sheet", SHEETS[1:])
def test_colours_are_named_in_the_tokens_only(sheet):
    css = _without_comments(sheet)
    assert not re.findall(r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch)\(", css)
    known = set(re.findall(r"(--[\w-]+):", _without_comments("tokens")))
    assert set(re.findall(r"var\((--[\w-]+)", css)) <= known


def test_directions_are_logical_so_that_arabic_pages_mirror():
    for sheet in SHEETS[1:]:
        assert not re.findall(
            r"(?:margin|padding|border)-(?:left|right|top|bottom)|[;{\s](?:left|right|width|height):",
            _without_comments(sheet),
        )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_is_readable_on_its_ground(scheme):
    colours = _colours(scheme)
    own = [
        (name, name.replace("-ink", "-ground"))
        for name in colours
        if name.endswith("-ink") and name.replace("-ink", "-ground") in colours
    ]
    assert len(own) >= 8
    too_faint = {
        (ink, ground): round(_contrast(colours[ink], colours[ground]), 2)
        for ink, ground in PAIRS + own
        if _contrast(colours[ink], colours[ground]) < AA_TEXT
    }
    assert not too_faint


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_borders_of_controls_and_the_focus_ring_stand_out(scheme):
    colours = _colours(scheme)
    for line, ground in CONTROLS:
        assert _contrast(colours[line], colours[ground]) >= AA_CONTROL, (line, ground)


def test_both_schemes_name_the_same_colours():
    assert _colours("light").keys() == _own_colours("dark").keys()


def _without_comments(sheet: str) -> str:
    return re.sub(r"/\*.*?\*/", "", (CSS / f"{sheet}.css").read_text("utf-8"), flags=re.S)


def _top_level(css: str) -> set[str]:
    found, depth, start = set(), 0, 0
    for place, character in enumerate(css):
        if character == "{":
            if depth == 0:
                found.add(css[start:place].split()[0])
            depth += 1
        elif character == "}":
            depth -= 1
            start = place + 1
        elif character == ";" and depth == 0:
            start = place + 1
    return found


def _own_colours(scheme: str) -> dict[str, str]:
    light, dark = _without_comments("tokens").split("prefers-color-scheme: dark")
    return dict(
        re.findall(r"--color-([\w-]+):\s*(#[0-9a-f]{6})", light if scheme == "light" else dark)
    )


def _colours(scheme: str) -> dict[str, str]:
    return _own_colours("light") | _own_colours(scheme)


def _contrast(first: str, second: str) -> float:
    """WCAG 2.2, contrast ratio of two colours written #rrggbb."""
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
