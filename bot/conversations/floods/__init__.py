"""Many messages in a row: how fast a customer writes, and which messages wait for their one answer."""
