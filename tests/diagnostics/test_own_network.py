"""What is this machine's own fault is told from what lies beyond it, in a network namespace with routes of its own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
ASKS = """
import asyncio, json
from ipaddress import ip_address
from bot.diagnostics.probe_http import check_http
from bot.diagnostics.probe_tcp import Pin, check_tcp
from bot.diagnostics.target import Policy, Reach
from bot.kb.checks import HttpCheck

URL = "http://lic.test.example/"
PAGE = HttpCheck(id="page", kind="http", title={}, url=URL)
POLICY = Policy(frozenset(), frozenset()).plus(URL)

async def ask(address):
    pin = Pin("lic.test.example", 80, (ip_address(address),))
    async def find(host, port):
        return pin
    found = [await check_tcp(pin, 2.0), await check_http(PAGE, find, POLICY, Reach(), 2.0)]
    return [[each.verdict, each.facts.get("why")] for each in found]

async def main():
    return {address: await ask(address) for address in ("198.51.100.7", "203.0.113.5", "8.8.8.8", "2001:4860::8")}

print(json.dumps(asyncio.run(main())))
"""
ROUTES = "ip link set lo up && ip route add unreachable 198.51.100.0/24 && ip route add prohibit 203.0.113.0/24"


def namespace() -> list[str]:
    """Return the command that runs a shell in a network of its own; skips where this machine has none."""
    for tool in ("unshare", "ip"):
        if shutil.which(tool) is None:
            pytest.skip(f"`{tool}` is not installed: own faults of the network were not seen")
    command = ["unshare", "-n", "sh", "-c"] if os.geteuid() == 0 else ["unshare", "-rn", "sh", "-c"]
    done = subprocess.run([*command, ROUTES], capture_output=True, text=True, check=False, timeout=20)
    if done.returncode:
        pytest.skip(f"no network namespace here ({done.stderr.strip()}): own faults of the network were not seen")
    return command


def test_no_route_is_ours_and_an_unreachable_host_is_not() -> None:
    command = [*namespace(), f'{ROUTES} && exec "$0" -c "$1"', sys.executable, ASKS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)

    assert json.loads(done.stdout) == {
        "198.51.100.7": [["unreachable", None], ["unreachable", None]],
        "203.0.113.5": [["inconclusive", "own_network"], ["inconclusive", "own_network"]],
        "8.8.8.8": [["inconclusive", "own_network"], ["inconclusive", "own_network"]],
        "2001:4860::8": [["inconclusive", "own_network"], ["inconclusive", "own_network"]],
    }
