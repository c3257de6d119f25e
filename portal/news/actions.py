"""What happens in the news room. An action changes rows; the caller commits."""

from portal.accounts.models import User
from portal.extensions import db
from portal.news.models import NewsletterExport


def note_export(kind: str, addresses: int, *, by: User) -> None:
    """Write down that `by` took the addresses of a list along."""
    db.session.add(NewsletterExport(list=kind, addresses=addresses, by_id=by.id))
    db.session.flush()
