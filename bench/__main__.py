"""Runs the benches that are named, or all: JSON lines on standard output, progress on standard error."""

from __future__ import annotations

import importlib
import json
import sys

BENCHES = ("pages", "checkin", "registration", "sync", "roster", "finding", "certificates", "verification")


def main(wanted: list[str]) -> int:
    unknown = [name for name in wanted if name not in BENCHES]
    if unknown:
        print(f"no bench is called {', '.join(unknown)}; there are: {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    for name in wanted or BENCHES:
        print(f"bench {name} …", file=sys.stderr, flush=True)
        for figure in importlib.import_module(f"bench.{name}").run():
            print(json.dumps(figure, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
