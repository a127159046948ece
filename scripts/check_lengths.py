"""Part of `make lint`: no file of ours is longer than 400 lines; beyond 300 it asks to be split (docs/developer.md)."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENDINGS = (".py", ".js", ".mjs", ".html", ".scss")
LIMIT, LONG = 400, 300
# Written by Alembic, and read once.
EXCEPT = "migrations/versions/"


def main() -> int:
    # What git knows, and what it would add: a new file is checked before it is committed.
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    names = {name for name in listed.stdout.split("\0") if name.endswith(ENDINGS) and not name.startswith(EXCEPT)}
    lengths = {name: len((ROOT / name).read_text().splitlines()) for name in names if (ROOT / name).is_file()}
    for name, length in sorted(lengths.items()):
        if length > LIMIT:
            print(f"{name}: {length} lines, {LIMIT} at most: split it", file=sys.stderr)
        elif length > LONG:
            print(f"{name}: {length} lines, asks to be split", file=sys.stderr)
    if max(lengths.values(), default=0) > LIMIT:
        return 1
    print(f"file lengths: {len(lengths)} files, none over {LIMIT} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())
