"""Readers of what customers paste or attach from their end of the wire: text in, facts and verdicts out.

Pure, bounded and total: no bytes and no text make them raise. `decode.py` makes text of a file, `read.py` reads it;
one module per family of tools tells what its lines look like (`marks.Sign`) and what they come to (`judge`).
"""
