"""Messages: the mail outbox and the relay between people who said yes."""
