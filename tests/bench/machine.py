"""One line that says on what was measured: without it no number of a benchmark means anything."""

import os
import platform
import sqlite3
import time
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("aiogram", "aiohttp", "rapidfuzz", "numpy", "pydantic")


def machine_line(scratch: Path) -> str:
    """Return cores, Python, date, versions, the load at this moment, and the file system of the `scratch` folder."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 0
    load = "/".join(f"{value:.1f}" for value in os.getloadavg())
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{time.strftime('%Y-%m-%d %H:%M')}, {cores} cores ({_processor()}), load {load}, {platform.system()} "
        f"{platform.machine()}, {_file_system(scratch)}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {packages}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _file_system(folder: Path) -> str:
    """Return the kind of file system: on one in memory a durable write costs nothing, and that must be seen."""
    try:
        mounts = [line.split() for line in Path("/proc/self/mounts").read_text("utf-8").splitlines()]
    except OSError:
        return "file system unknown"
    real = folder.resolve()
    fitting = [(len(mount[1]), mount[2]) for mount in mounts if real.is_relative_to(mount[1])]
    return max(fitting)[1] if fitting else "file system unknown"
