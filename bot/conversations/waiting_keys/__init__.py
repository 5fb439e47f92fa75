"""Keys that wait, sealed, for their owner's consent to a check, or for their other half."""
