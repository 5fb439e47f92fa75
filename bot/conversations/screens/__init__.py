"""The buttons under our messages: stored, so that they mean the same after a restart."""
