"""Mails as offices and their servers send them, for the tests of what comes back."""

from email.message import EmailMessage

OFFICE = "Grünamt <stadtgruen@office.example>"


def answer(to: str, text: str = "Ja, das ist möglich.", **headers: str) -> bytes:
    """A plain answer; headers of keywords (In_Reply_To) are added or, if empty, left out."""
    message = EmailMessage()
    known = {
        "From": OFFICE, "To": to, "Subject": "AW: Anfrage zu einer Bank",
        "Message-ID": "<antwort-1@office.example>",
    }  # fmt: skip
    for name, value in (
        known | {key.replace("_", "-"): each for key, each in headers.items()}
    ).items():
        if value:
            message[name] = value
    message.set_content(text)
    return message.as_bytes()


def bounce(to: str, *, action: str = "failed", returned_id: str = "<x@y.example>") -> bytes:
    """A delivery status notification (RFC 3464)."""
    return BOUNCE.format(to=to, action=action, returned_id=returned_id).encode()


BOUNCE = """\
From: Mail Delivery System <MAILER-DAEMON@office.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{action}@office.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=mark

--mark
Content-Type: text/plain; charset=us-ascii

Your message could not be delivered.
--mark
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.office.example

Final-Recipient: rfc822; stadtgruen@office.example
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such user
--mark
Content-Type: message/rfc822

Subject: Anfrage
Message-ID: {returned_id}

Sehr geehrte Damen und Herren
--mark--
"""
