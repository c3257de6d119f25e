"""Atom feeds (RFC 4287): what people wrote goes through the XML writer, never into a template."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from urllib.parse import urlsplit
from xml.etree import ElementTree

from flask import current_app

from portal.links import portal_url
from portal.news.sources import FOUNDING, GATHERING, STATUS, STEERING, Entry
from portal.news.wording import headline

ATOM = "http://www.w3.org/2005/Atom"
TYPE = "application/atom+xml"
# Characters XML 1.0 cannot hold, not even escaped (section 2.2).
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# The page of each kind, and what its address calls the row.
PAGES = {
    STATUS: ("teams.show", "team_id"),
    FOUNDING: ("teams.show", "team_id"),
    STEERING: ("steering.minutes", "meeting_id"),
    GATHERING: ("gatherings.show", "gathering_id"),
}
_NEVER = datetime(2020, 1, 1)


def page_of(entry: Entry) -> str:
    """Return the full address of the page that tells more."""
    endpoint, name = PAGES[entry.kind]
    return portal_url(endpoint, **{name: entry.page_id})


def write_feed(
    entries: Sequence[Entry], *, title: str, author: str, chosen: Mapping[str, object]
) -> bytes:
    """Return a feed of these entries; `chosen` are the parameters of its address."""
    address = portal_url("news.feed", **chosen)
    feed = ElementTree.Element("feed", xmlns=ATOM)
    _add(feed, "id", _tag(urlsplit(address).query and f"neues?{urlsplit(address).query}"))
    _add(feed, "title", title)
    _add(feed, "updated", _moment(max((entry.at for entry in entries), default=_NEVER)))
    _add(_add(feed, "author"), "name", author)
    _add(feed, "link", rel="self", type=TYPE, href=address)
    _add(feed, "link", rel="alternate", type="text/html", href=portal_url("news.index", **chosen))
    for entry in entries:
        _write_entry(feed, entry)
    return ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)


def _write_entry(feed: ElementTree.Element, entry: Entry) -> None:
    element = _add(feed, "entry")
    if entry.language:
        element.set("xml:lang", entry.language)
    _add(element, "id", _tag(f"neues/{entry.kind}/{entry.number}"))
    _add(element, "title", headline(entry))
    _add(element, "published", _moment(entry.at))
    _add(element, "updated", _moment(entry.at))
    _add(element, "link", rel="alternate", type="text/html", href=page_of(entry))
    for topic in entry.topics:
        _add(element, "category", term=topic)
    if entry.text:
        paragraphs = "".join(f"<p>{escape(part)}</p>" for part in entry.text.split("\n\n"))
        _add(element, "content", paragraphs.replace("\n", "<br>"), type="html")
    else:
        _add(element, "summary", headline(entry))


def _add(
    parent: ElementTree.Element, name: str, text: str = "", **attributes: str
) -> ElementTree.Element:
    clean = {key: _NOT_IN_XML.sub(" ", value) for key, value in attributes.items()}
    element = ElementTree.SubElement(parent, name, clean)
    element.text = _NOT_IN_XML.sub(" ", text) or None
    return element


def _tag(name: str) -> str:
    """Return an id that stays the same wherever the entry moves (RFC 4151)."""
    host = urlsplit(str(current_app.config["PUBLIC_URL"])).hostname
    return f"tag:{host},2026:{name or 'neues'}"


def _moment(moment: datetime) -> str:
    return moment.replace(tzinfo=UTC, microsecond=0).isoformat()
