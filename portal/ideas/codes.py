"""Claim codes: made, read as people type them, and kept only as a keyed hash."""

import hashlib
import hmac
import secrets
import unicodedata

from flask import current_app

# No vowels (no words appear by chance) and nothing that looks or sounds like something else.
ALPHABET = "CDFGHJKMNPQRTVWXY34679"
LENGTH = 8


def new_code() -> str:
    """Return a fresh claim code in two groups, for example `K7RM-4TCX`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def hash_of(code: str) -> str:
    """Return what is stored for `code`; case, blanks and hyphens make no difference.

    Keyed with the installation's secret, so that a copied database alone does not tell the codes.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKC", code[:100]).upper() if c.isalnum())
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, b"claim code " + plain.encode(), hashlib.sha256).hexdigest()
