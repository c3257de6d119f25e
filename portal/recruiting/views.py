"""The pages of the recruiting room; the other views files are loaded here."""

from portal.recruiting import (  # noqa: F401 - importing them adds their pages
    join_views,
    key_views,
    lead_views,
    member_views,
)
from portal.recruiting.blueprint import bp

__all__ = ["bp"]
