"""`python -m bot.sandbox --port N`: the sandbox alone, driven over `/sandbox/…` until it is interrupted."""

import argparse
import asyncio
import signal
import sys

from bot.sandbox.sandbox import TOKEN, Sandbox


async def serve(port: int, token: str) -> None:
    """Serve until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    sandbox = Sandbox(token=token)
    base = await sandbox.start(port)
    sys.stdout.write(f"TELEGRAM_API_BASE={base}\nBOT_TOKEN={token}\n")
    sys.stdout.flush()
    await stop.wait()
    await sandbox.stop()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description="A local Bot API server.")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", default=TOKEN)
    options = parser.parse_args()
    asyncio.run(serve(options.port, options.token))


if __name__ == "__main__":
    main()
