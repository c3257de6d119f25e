"""The words of an HTML mail: no markup, no script, no hidden style; lines where blocks end.

One pass from left to right, so that no hostile mail takes long: the standard library's parser is
quadratic on some (400 kB of "<div" took it 88 seconds) and stops with an error on others.
"""

import re
from collections.abc import Iterator
from html import unescape

_NAME = re.compile(r"</?([a-z][a-z0-9]{0,15})")
_SILENT = frozenset({"head", "script", "style", "title", "template"})
_BLOCKS = frozenset(
    {"address", "article", "blockquote", "br", "div", "dl", "dt", "footer", "h1", "h2", "h3",
     "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul"}
)  # fmt: skip


def text_of_html(html: str) -> str:
    """Return what a person would read."""
    lines = "".join(_pieces(html)).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines)


def _pieces(html: str) -> Iterator[str]:
    """Yield the texts between the tags, and line ends for the tags that make some."""
    folded, position = html.lower(), 0
    if len(folded) != len(html):  # a few letters grow when they are lowered: places would differ
        folded = html
    unclosed: set[str] = set()  # is looked for once, not for each of a thousand of them
    while (start := html.find("<", position)) >= 0:
        yield _words(html[position:start])
        if html.startswith("<!--", start):
            position = html.find("-->", start + 4) + 3
            if position == 2:
                return  # the rest is a comment
            continue
        named = _NAME.match(folded, start)
        if named is None and html[start + 1 : start + 2] not in ("!", "?"):
            yield "<"
            position = start + 1
            continue
        position = html.find(">", start) + 1
        if position == 0:
            return  # the rest is a tag nobody closed
        name = named.group(1) if named else ""
        if name in _SILENT - unclosed and not html.startswith("</", start):
            end = folded.find(f"</{name}", position)
            if end < 0:
                unclosed.add(name)
            else:
                position = end
        elif name in _BLOCKS:
            yield "\n\n" if name == "p" else "\n"
    yield _words(html[position:])


def _words(text: str) -> str:
    """Return a text with its entities read; line ends in the source mean nothing."""
    return re.sub(r"\s+", " ", unescape(text))
