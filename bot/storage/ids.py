"""Ids made before the row exists, so that the changes of one update can refer to each other before the commit."""

import secrets


def new_id() -> str:
    """Return 16 characters of `A-Za-z0-9_-` with 96 random bits: cannot be guessed, fits 64-byte callback data."""
    return secrets.token_urlsafe(12)
