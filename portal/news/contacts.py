"""The addresses of who wants the newsletter, as CiviCRM's import reads them."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from portal.accounts.models import Consent, User

# CiviCRM names languages with their country; it has none for Kurdish.
LANGUAGES = {
    "de": "de_DE",
    "en": "en_GB",
    "ar": "ar_EG",
    "fa": "fa_IR",
    "ku": "",
    "pl": "pl_PL",
    "ro": "ro_RO",
    "ru": "ru_RU",
    "tr": "tr_TR",
    "uk": "uk_UA",
    "vi": "vi_VN",
}
NAMES = ("First Name", "Last Name", "Email", "Preferred Language")
DATES = {"agreed": "Consent Date", "withdrawn": "Withdrawn Date"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_contacts(rows: Sequence[tuple[User, Consent]], kind: str) -> str:
    """Return the rows as CSV; accounts know a first name only."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow((*NAMES, DATES[kind]))
    for user, consent in rows:
        day = consent.given_at if kind == "agreed" else consent.withdrawn_at
        writer.writerow(
            (
                harmless(user.name),
                "",
                harmless(user.email),
                LANGUAGES.get(user.locale or "de", ""),
                _day(day),
            )
        )
    return written.getvalue()


def harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _day(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d") if moment else ""
