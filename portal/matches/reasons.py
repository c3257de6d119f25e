"""Reasons of a match as they are stored, and as people read them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matching import GOOD, MAYBE, VERY_GOOD, Reason, Term, highlight

Pieces = list[tuple[str, bool]]

LABEL_WORDS = {
    VERY_GOOD: _l("passt sehr gut"),
    GOOD: _l("passt"),
    MAYBE: _l("könnte passen"),
    "": _l("eigener Wunsch"),
}
FACT_WORDS = {
    "district": _l("gleicher Ortsteil"),
    "borough": _l("gleicher Stadtbezirk"),
    "times": _l("die Zeiten passen"),
    "ages": _l("das Alter passt"),
    "languages": _l("gemeinsame Sprache"),
    "paused": _l("Team pausiert: Neue gesucht"),
    "know_how": _l("abgeschlossen: hier gibt es Erfahrung"),
}
STRONG, MEDIUM, SLIGHT = _l("stark"), _l("mittel"), _l("etwas")
ROUTED = "routed"  # kind of the reason that is no likeness of texts: where such ideas went
_MOST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Side:
    """One side's part of the reasons: the words to mark and the sentence that is nearest."""

    terms: tuple[Term, ...]
    sentence: str


def as_json(reason: Reason) -> dict[str, object]:
    """Return a reason as plain data; a term keeps the part of the compound that matched."""
    return {
        "kind": reason.kind,
        "terms": [[term.word, term.part] for term in reason.terms],
        "document_terms": [[term.word, term.part] for term in reason.document_terms],
        "weight": round(float(reason.weight), 4),
        "query_sentence": reason.query_sentence,
        "document_sentence": reason.document_sentence,
    }


def sides_of(stored: Sequence[Mapping[str, object]]) -> tuple[Side, Side]:
    """Return what to mark in the asking text and in the found one."""
    ours: list[Term] = []
    theirs: list[Term] = []
    sentences = ("", "")
    for reason in stored:
        ours.extend(_terms(reason["terms"]))
        theirs.extend(_terms(reason["document_terms"]))
        if reason["kind"] == "meaning":
            sentences = (str(reason["query_sentence"]), str(reason["document_sentence"]))
    return Side(tuple(ours), sentences[0]), Side(tuple(theirs), sentences[1])


def in_words(
    stored: Sequence[Mapping[str, object]], *, hide_other: bool = False, turned: bool = False
) -> list[Pieces]:
    """Return one line a reason, in pieces of which some are marked.

    With `turned` the reader stands on the found text's side. With `hide_other` the other side's
    words stay away: they come from fields that were not opened to the reader.
    """
    lines = []
    for reason in stored:
        own, other = ("document_", "") if turned else ("", "document_")
        if reason["kind"] == "words":
            own_terms = _terms(reason[f"{own}terms"])[:_MOST_WORDS]
            other_terms = _terms(reason[f"{other}terms"])[:_MOST_WORDS]
            lines.append(_words_line(own_terms, () if hide_other else other_terms))
        elif reason["kind"] == ROUTED:
            lines.append([(_("Ähnliche Ideen gingen schon dorthin"), False)])
        elif hide_other:
            lines.append([(_("Ähnliche Bedeutung wie dein Text"), False)])
        else:
            pair = {"a": reason[f"{own}sentence" if own else "query_sentence"]}
            pair["b"] = reason["query_sentence" if turned else "document_sentence"]
            lines.append([(_("Ähnliche Bedeutung: „%(a)s“ – „%(b)s“", **pair), False)])
    return [line for line in lines if line]


def weighed(
    stored: Sequence[Mapping[str, object]], *, hide_other: bool = False, turned: bool = False
) -> list[tuple[Pieces, object]]:
    """Return each line of `in_words` with how much of the match it makes, in a word.

    At least half of all reasons together is strong, a fifth is medium.
    """
    weights = [max(float(str(reason["weight"])), 0.0) for reason in stored]
    total = sum(weights) or 1.0
    lines: list[tuple[Pieces, object]] = []
    for reason, weight in zip(stored, weights, strict=True):
        share = weight / total
        strength = STRONG if share >= 0.5 else MEDIUM if share >= 0.2 else SLIGHT
        said = in_words([reason], hide_other=hide_other, turned=turned)
        lines.extend((pieces, strength) for pieces in said)
    return lines


def marked(text: str, terms: Iterable[str], limit: int = 280) -> Pieces:
    """Return `text`, shortened around the first mark, in pieces of which some are marked."""
    pieces = highlight(text, terms)
    first = 0
    for piece, is_marked in pieces:
        if is_marked:
            break
        first += len(piece)
    if len(text) <= limit:
        return pieces
    start = 0 if first < limit * 2 // 3 or first >= len(text) else first - limit // 3
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = text.rfind(" ", start, start + limit)
    end = end if end > start else start + limit
    shown = highlight(text[start:end], terms)
    return [("… ", False)] * bool(start) + shown + [(" …", False)] * (end < len(text))


def _words_line(own: Sequence[Term], other: Sequence[Term]) -> Pieces:
    pieces: Pieces = [(_("Gleiche Wörter: "), False)]
    for position, term in enumerate(own):
        partner = other[position] if position < len(other) else None
        if position:
            pieces.append((", ", False))
        pieces.extend(highlight(term.word, [term]))
        if partner is not None and partner.word.casefold() != term.word.casefold():
            pieces.append((" – ", False))
            pieces.extend(highlight(partner.word, [partner]))
    return pieces if own else []


def _terms(stored: object) -> list[Term]:
    pairs = stored if isinstance(stored, list) else []
    return [Term(word, part=part) for word, part in pairs]
