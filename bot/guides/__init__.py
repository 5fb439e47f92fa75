"""Guided fixes: an article's steps, one after another. `run.py` is the pure part, `store.py` keeps runs and presses."""
