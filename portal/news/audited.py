"""What of this room goes into the audit log: that addresses were taken along, never which."""

from flask_babel import lazy_gettext as _l

from portal.moderation.watch import Values, Watched, watch
from portal.news.models import NewsletterExport
from portal.news.wording import LIST_NAMES


def watch_room() -> None:
    """Say what is kept of this room's table."""
    watch(NewsletterExport, _EXPORT)


def _export(before: Values, after: Values) -> str | None:
    return "newsletter.exported" if after and not before else None


_EXPORT = Watched(
    kind="newsletter_export",
    columns={"list": _l("Liste"), "addresses": _l("Adressen")},
    words={"list": LIST_NAMES},
    actions={"newsletter.exported": _l("Adressen für den Newsletter heruntergeladen")},
    name_of=_export,
)
