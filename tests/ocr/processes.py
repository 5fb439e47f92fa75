"""Which processes run, as the kernel tells it."""

import os
from pathlib import Path


def stat_of(pid: int) -> list[str]:
    """Return state, parent, group and so on, or nothing where the process has gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def running() -> dict[int, list[str]]:
    """Return every process that still runs; what has ended and waits for its parent does not."""
    found = {int(each.name): stat_of(int(each.name)) for each in Path("/proc").iterdir() if each.name.isdigit()}
    return {pid: fields for pid, fields in found.items() if fields and fields[0] != "Z"}


def members(group: int) -> list[int]:
    """Return the processes of a group."""
    return [pid for pid, fields in running().items() if fields[2] == str(group)]


def groups_of_our_children() -> list[int]:
    """Return the groups that children of this process lead, of which two members run: worker and tesseract."""
    mine = str(os.getpid())
    leaders = [pid for pid, fields in running().items() if fields[1] == mine and fields[2] == str(pid)]
    return [pid for pid in leaders if len(members(pid)) > 1]
