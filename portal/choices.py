"""Closed lists several rooms share (languages, times, reach): codes stay, labels translate."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

LANGUAGES = {
    "de": _l("Deutsch"),
    "en": _l("Englisch"),
    "ar": _l("Arabisch"),
    "uk": _l("Ukrainisch"),
    "ru": _l("Russisch"),
    "tr": _l("Türkisch"),
    "pl": _l("Polnisch"),
    "vi": _l("Vietnamesisch"),
    "fa": _l("Farsi/Dari"),
    "ro": _l("Rumänisch"),
    "ku": _l("Kurdisch (Kurmancî)"),
    "es": _l("Spanisch"),
    "fr": _l("Französisch"),
}
RIGHT_TO_LEFT = frozenset({"ar", "fa"})

TIMES = {
    "werktag_vormittag": _l("werktags vormittags"),
    "werktag_nachmittag": _l("werktags nachmittags"),
    "werktag_abend": _l("werktags abends"),
    "wochenende_tag": _l("am Wochenende tagsüber"),
    "wochenende_abend": _l("am Wochenende abends"),
}

REACH = {
    "ortsteil": _l("nur in meinem Ortsteil"),
    "stadtbezirk": _l("in meinem Stadtbezirk"),
    "stadt": _l("in ganz Leipzig"),
}


def one_of(column: str, values: Iterable[str]) -> str:
    """Return the check that `column` holds one of `values`, for a table's constraint."""
    return "{} IN ({})".format(column, ", ".join(f"'{value}'" for value in values))
