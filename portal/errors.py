"""Errors of the domain: raised by actions, turned into a page by the app."""


class PortalError(Exception):
    """Something the portal forbids; each room names its own kinds.

    `message` is shown to people, so subclasses give a German sentence (lazy gettext).
    """

    message: object = ""

    def __str__(self) -> str:
        return str(self.message) or super().__str__()


class Conflict(PortalError):
    """Somebody else was faster: the row changed since the page was shown (HTTP 409)."""
