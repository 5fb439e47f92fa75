"""Durable intake: what Telegram handed over is committed before it is acknowledged, and handled in order per chat."""
