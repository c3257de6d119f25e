"""Every page type that links lead to, in a real browser: accessible, in order, nothing cut off."""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Request

from tests.journeys.walker import DESKTOP, Walker

pytestmark = pytest.mark.xdist_group("pages")
NARROW = {"width": 320, "height": 800}
# Who looks, in which colours, how wide; together every role, both schemes, phone and desktop.
VISITS = [
    ("", "light", NARROW),
    ("", "dark", DESKTOP),
    ("bewohnerin@demo.example", "dark", NARROW),
    ("teamleitung@demo.example", "light", DESKTOP),
    ("koordination@demo.example", "light", NARROW),
    ("steuerung@demo.example", "light", DESKTOP),
    ("ideenmobil@demo.example", "dark", NARROW),
    ("verwaltung@demo.example", "dark", DESKTOP),
]
MOST_PAGES = 100
FILES = re.compile(r"\.(json|atom|ics|zip|csv|svg)\b")  # links to these open no page
# One click and over: another journey may have used them up, and looks at their pages.
USED_ONCE = re.compile(r"^/(vermittlungen/ergebnis|gesuche/antwort|leitung/antwort)/")
LOOKS = 2  # at each page type, by the first two visits that come there
# Numbers, tokens and names in an address stand for "one of many": one page of each type is enough.
ONE_OF_MANY = [
    (r"/\d+", "/1"),
    (r"^/(fortschritt|vermittlungen|gespraech)/[^/]{8,}", r"/\1/token"),
    (r"^/termine/(anmeldung|hinweise)/[^/]{8,}", r"/termine/\1/token"),
    (r"^/ansprechstellen/[a-z0-9-]+", "/ansprechstellen/slug"),
    (r"^/wissen/[a-z-]+", "/wissen/code"),
    (r"^/weitergaben/bei/[^/]{8,}", "/weitergaben/bei/token"),
    (r"^/foerdertoepfe/(?!neu$|pruefen$|idee/|team/|text/)[a-z0-9-]+", "/foerdertoepfe/slug"),
]


def test_every_page_type_is_accessible_and_its_headings_are_in_order(walk):
    problems: list[str] = []
    looked_at: Counter[str] = Counter()
    for address, colors, size in VISITS:
        window = walk(address, size=size, colors=colors)
        for kind in _stroll(window):
            if looked_at[kind] < LOOKS:
                looked_at[kind] += 1
                where = f"{address or 'visitor'}, {kind}, {colors}, {size['width']} px"
                problems += [f"{where}: {problem}" for problem in _faults(window)]
        window.context.close()
    assert not problems, "\n".join(problems)
    assert len(looked_at) >= 30, sorted(looked_at)


def test_the_start_page_weighs_less_than_100_kilobytes_in_8_files(walk):
    window = walk()
    sizes: list[int] = []
    window.page.on("requestfinished", lambda request: sizes.append(_size(request)))
    window.visit("/")
    assert len(sizes) <= 8
    assert sum(sizes) <= 100 * 1024


def _stroll(window: Walker) -> Iterator[str]:
    """Open one page of each type that links lead to, starting at home."""
    waiting, seen = ["/"], set()
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        if (kind := _kind(path)) in seen:
            continue
        seen.add(kind)
        window.visit(path)
        yield kind
        links = window.page.eval_on_selector_all(
            "a[href^='/']:not([download])", "all => all.map(a => a.getAttribute('href'))"
        )
        links = [link for link in links if not FILES.search(link) and not USED_ONCE.match(link)]
        waiting += [link.partition("#")[0] for link in links]


def _kind(path: str) -> str:
    parts = urlsplit(path)
    kind = parts.path
    for pattern, name in ONE_OF_MANY:
        kind = re.sub(pattern, name, kind)
    names = sorted(pair.partition("=")[0] for pair in parts.query.split("&"))
    return "?".join(filter(None, (kind, "&".join(names))))


def _faults(window: Walker) -> list[str]:
    levels = window.page.eval_on_selector_all(
        "h1, h2, h3, h4, h5", "all => all.map(h => Number(h.tagName[1]))"
    )
    jumps = [pair for pair in zip(levels, levels[1:], strict=False) if pair[1] > pair[0] + 1]
    return window.check_accessibility() + [f"heading jumps from h{a} to h{b}" for a, b in jumps]


def _size(request: Request) -> int:
    sizes = request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]
