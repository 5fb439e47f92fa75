"""The knowledge base: articles as models, files read by position, one immutable snapshot."""

from pathlib import Path
from typing import Final

DEFAULT_KB: Final = Path(__file__).resolve().parent.parent.parent / "kb"
"""The knowledge base beside the package `bot`: in a checkout, an editable install and a wheel alike."""
