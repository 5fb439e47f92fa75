"""Learned weights: kept in files by content, learned in a process of its own. See `cache.py` and `worker.py`."""
