"""Understanding a message: words of a customer in, one explained decision out. `matcher.py` tells the story."""
