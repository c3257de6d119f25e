"""Match short civic texts in many languages, with reasons.

The package knows texts and numbers only: documents with an id, a kind, a title and a text go in,
matches with a score, a label and reasons come out. See README.md beside this file.
"""

from matching.candidates import LargeMatcher
from matching.documents import Document, Match, NotFittedError
from matching.fusion import GOOD, LABELS, MAYBE, VERY_GOOD
from matching.index import Matcher
from matching.languages import guess_language
from matching.reasons import Reason, Term, highlight
from matching.store import StoreError

__all__ = [
    "GOOD",
    "LABELS",
    "MAYBE",
    "VERY_GOOD",
    "Document",
    "LargeMatcher",
    "Match",
    "Matcher",
    "NotFittedError",
    "Reason",
    "StoreError",
    "Term",
    "guess_language",
    "highlight",
]
