"""What was said: redaction of secrets, the log of conversations, the events of one conversation."""
