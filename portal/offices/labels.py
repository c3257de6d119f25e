"""German words for what the offices room stores as codes."""

from flask_babel import lazy_gettext as _l

KINDS = {
    "amt": _l("Amt oder Referat"),
    "beratung": _l("Beratung und Anlaufstelle"),
    "beirat": _l("Beirat"),
    "beauftragte": _l("Beauftragte"),
    "quartiersmanagement": _l("Quartiersmanagement"),
    "betrieb": _l("Städtischer Betrieb"),
    "fonds": _l("Fördertopf"),
    "meldestelle": _l("Meldestelle"),
    "verband": _l("Verband"),
}

EVIDENCE = {
    "full": _l("an einer öffentlichen Quelle nachgelesen"),
    "partly": _l("zum Teil an einer öffentlichen Quelle nachgelesen"),
    "general": _l("Allgemeinwissen, noch nicht bestätigt"),
}
