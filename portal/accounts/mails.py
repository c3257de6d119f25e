"""Security mails: German, plain text, through the outbox, links only to the portal itself."""

import secrets

from flask import after_this_request, has_request_context
from flask_security import MailUtil
from werkzeug import Response

from portal.extensions import db
from portal.links import portal_url
from portal.messages.mails import queue_mail


class OutboxMailUtil(MailUtil):
    """Lets Flask-Security write its mails into the outbox instead of talking to a mail server."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **context: object,
    ) -> None:
        """Queue the mail; some of the library's views do not commit, so the request does."""
        address = recipient if isinstance(recipient, str) else recipient[1]
        # Every one of these mails was asked for: none of them is the same event twice.
        kind = template.rpartition("/")[2]
        queue_mail(
            key=f"security:{kind}:{secrets.token_hex(12)}",
            to=address,
            subject=str(subject),
            body=body or "",
        )
        if has_request_context():
            after_this_request(_commit)


def mail_context() -> dict[str, object]:
    """Give mail templates links that do not depend on what a request says its host is."""
    return {"portal_url": portal_url}


def _commit(response: Response) -> Response:
    db.session.commit()
    return response
