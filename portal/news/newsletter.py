"""The newsletter as coordinators copy it into their mailing tool: HTML and plain text."""

from collections.abc import Sequence
from textwrap import fill

from flask import render_template
from flask_babel import gettext as _

from portal.links import portal_url
from portal.news.feeds import page_of
from portal.news.sources import Entry
from portal.news.wording import headline, shortened

EXCERPT, WIDTH = 500, 76


def as_html(title: str, entries: Sequence[Entry]) -> str:
    """Return a small page of headings, paragraphs and links: every mail program shows those."""
    return render_template(
        "news/letter.html",
        title=title,
        items=[(headline(entry), _paragraphs(entry), page_of(entry)) for entry in entries],
        news_url=portal_url("news.index"),
    )


def as_text(title: str, entries: Sequence[Entry]) -> str:
    """Return the same for mail programs without HTML."""
    parts = [title, "=" * min(len(title), WIDTH), ""]
    for entry in entries:
        name = headline(entry)
        parts += [name, "-" * min(len(name), WIDTH)]
        if entry.text:
            parts += [_wrapped(shortened(entry.text, EXCERPT))]
        parts += [page_of(entry), ""]
    parts += [_("Alles Neue: %(url)s", url=portal_url("news.index")), ""]
    return "\n".join(parts)


def _paragraphs(entry: Entry) -> list[list[str]]:
    """Return the lines of each paragraph."""
    parts = shortened(entry.text, EXCERPT).split("\n\n")
    return [part.split("\n") for part in parts if part]


def _wrapped(text: str) -> str:
    lines = [
        fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)
        for line in text.split("\n")
    ]
    return "\n".join(lines)
