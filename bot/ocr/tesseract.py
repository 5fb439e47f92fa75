"""Where tesseract is on this machine, which languages it can read, and what brings it where it is missing.

Decides nothing; looks at PATH and asks the program itself. Called at start, by `kb ask --image` and by the doctor.
"""

import shutil
import subprocess

PROGRAM = "tesseract"
LANGUAGES = ("rus", "eng")
INSTALL = "apt-get install tesseract-ocr tesseract-ocr-rus"
"""What brings the program and both languages on Debian, where English comes with the program."""

SECONDS = 5.0


def find_tesseract() -> str | None:
    """Return the path of the program, or None where it is not installed."""
    return shutil.which(PROGRAM)


def missing_languages(tesseract: str) -> tuple[str, ...] | None:
    """Return those of our languages that are not installed; None where the program does not run."""
    try:
        done = subprocess.run(  # noqa: S603 - the program that the operator installed
            [tesseract, "--list-langs"], capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode != 0:
        return None
    return tuple(language for language in LANGUAGES if language not in done.stdout.split())
