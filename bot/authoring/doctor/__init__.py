"""What is wrong with a knowledge base as matching sees it: `examine.py` runs the checks, each file holds one sort.

A sound base (`kb check`) can still be a poor one: articles too alike, phrases that lead elsewhere,
words without effect.
"""
