"""Durable sending: a call is stored with the change that causes it, sent in order per chat, and kept until it ends."""
