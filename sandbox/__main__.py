"""`python -m sandbox --folder F`: serve all simulated services until told to stop."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from sandbox.run import ORDER, PORTS_FROM, Sandbox


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Serve invented outside services.")
    parser.add_argument("--folder", type=Path, required=True, help="keeps generated media and sandbox.json")
    parser.add_argument(
        "--ports-from",
        type=int,
        default=PORTS_FROM,
        help=f"first of {len(ORDER)} ports, 0 for free ones (default {PORTS_FROM})",
    )
    parser.add_argument("--youtube-root", type=Path, help="the folder that the simulated Plex scans")
    parser.add_argument("--media-dir", type=Path, help="where YouTube's drawn clips are kept (default: in the folder)")
    parser.add_argument(
        "--youtube-rate", type=int, help="bytes a second for each YouTube connection (default: no limit)"
    )
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """The exit code: 0 after SIGINT or SIGTERM, 1 when it could not start."""
    asked = _arguments(words)
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    try:
        with Sandbox(asked.folder, asked.ports_from, asked.youtube_root, asked.media_dir) as sandbox:
            sandbox.youtube.rate = asked.youtube_rate
            print(json.dumps(sandbox.description()), flush=True)  # noqa: T201  (the line a caller waits for)
            over.wait()
    except OSError as error:
        sys.stderr.write(f"The sandbox could not start: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
