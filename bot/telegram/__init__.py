"""Telegram's side of the program: its API, intake, the talk with one customer, buttons, rendering."""
