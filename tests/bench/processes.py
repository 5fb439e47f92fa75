"""A process that a benchmark starts, watches and ends: CPU seconds and memory from `/proc`, end by its own id.

Where there is no `/proc` the figures are NaN and the table shows a dash.
"""

import math
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

ROOT = Path(__file__).parents[2]
END_SECONDS = 15.0
"""How long a process may take to end itself before it is killed."""

MEBIBYTE = 1024 * 1024


class Watched:
    """A Python process of ours, `python -m …`, in its own folder and with no more environment than it needs."""

    def __init__(self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
        self.log = folder / f"{arguments[0]}.log"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=folder,
                env=kept | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"} | dict(environment or {}),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )

    def __enter__(self) -> Self:
        """Return the process."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the process."""
        self.end()

    @property
    def lines(self) -> IO[bytes]:
        """What the process writes to its standard output."""
        if self._process.stdout is None:
            raise RuntimeError("the output of the process is not ours to read")
        return self._process.stdout

    @property
    def running(self) -> bool:
        """Whether the process has not ended yet."""
        return self._process.poll() is None

    def tell(self, line: str) -> None:
        """Write a line to the standard input of the process."""
        if self._process.stdin is None:
            raise RuntimeError("the input of the process is not ours to write")
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def wait(self, seconds: float) -> int:
        """Return the exit code; raises `subprocess.TimeoutExpired`."""
        return self._process.wait(seconds)

    def end(self) -> None:
        """Ask the process to end, and kill it where it does not."""
        if self.running:
            self._process.terminate()
            try:
                self._process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def cpu_seconds(self) -> float:
        """Return the CPU time spent so far by all threads, user and system."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            return math.nan
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mib(self) -> float:
        """Return the resident memory now."""
        return memory_mib("VmRSS", self._process.pid)

    def peak_mib(self) -> float:
        """Return the largest resident memory so far."""
        return memory_mib("VmHWM", self._process.pid)

    def complaint(self) -> str:
        """Return the end of what the process wrote to its standard error."""
        return self.log.read_text("utf-8", "replace")[-2000:]


def memory_mib(field: str, pid: int | None = None) -> float:
    """Return `VmRSS` (now) or `VmHWM` (the most so far) of a process, ours where none is named."""
    try:
        text = Path(f"/proc/{pid or 'self'}/status").read_text("utf-8")
    except OSError:
        return math.nan
    found = next((line.split()[1] for line in text.splitlines() if line.startswith(f"{field}:")), None)
    return math.nan if found is None else int(found) * 1024 / MEBIBYTE
