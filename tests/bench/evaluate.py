"""Measures the matcher on labelled questions: `python -m tests.bench.evaluate QUESTIONS.tsv [--kb kb] [--errors]`.

The figures are those of `diagnost kb eval` (`bot/authoring/evaluate.py`); added is how long a matcher takes to build.
"""

import argparse
import time
from pathlib import Path

from bot.authoring.evaluate import ask_all, evaluate
from bot.authoring.grading import is_error
from bot.authoring.questions_file import read
from bot.cli_kb_eval import show
from bot.kb.loader import load
from bot.weights.ready import ready


def main() -> None:
    """Run the evaluation and print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--kb", type=Path, default=Path("kb"))
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args()
    library = load(options.kb)
    began = time.perf_counter()
    matcher = ready(library)
    built = time.perf_counter() - began
    marks = ask_all(matcher, library, read(options.questions, library))
    show(evaluate(marks), [mark for mark in marks if is_error(mark)] if options.errors else ())
    print(f"built in {built:.2f} s")


if __name__ == "__main__":
    main()
