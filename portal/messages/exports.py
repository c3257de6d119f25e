"""What the messages room adds to a person's copy of their data: what they wrote themselves."""

from portal.accounts.exports import exports
from portal.accounts.models import User
from portal.messages import queries


@exports("messages")
def messages_of(user: User) -> object:
    """Return the person's own messages; what others wrote is theirs."""
    return [
        {
            "conversation": message.thread.subject,
            "written_at": message.created_at,
            "text": message.text,
        }
        for message in queries.messages_of(user.id)
    ]
