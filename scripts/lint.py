"""`make lint`: every check, one after the other, all of them even when one fails."""

import os
import subprocess
import sys
import time
from pathlib import Path

from make_ready import node_folder

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
SCRIPTS = Path("scripts")

CHECKS = {
    "style (ruff check)": [BIN / "ruff", "check", "--quiet", "."],
    "format (ruff format)": [BIN / "ruff", "format", "--quiet", "--check", "."],
    "types (mypy --strict)": [BIN / "mypy", "--strict", "--no-error-summary", "festival"],
    "layers (import-linter)": [BIN / "lint-imports", "--no-logo"],
    "translations": [sys.executable, SCRIPTS / "translations.py", "check"],
    "browser modules (tsc)": [Path("node_modules/.bin/tsc"), "--project", "tsconfig.json"],
    "file lengths": [sys.executable, SCRIPTS / "check_lengths.py"],
}


def main() -> int:
    environment = {**os.environ, "PATH": f"{node_folder()}{os.pathsep}{os.environ.get('PATH', '')}"}
    failed = []
    for name, command in CHECKS.items():
        print(f"→ {name}", flush=True)
        started = time.monotonic()
        if subprocess.call(command, cwd=ROOT, env=environment):
            failed.append(name)
            print(f"  FAILED after {time.monotonic() - started:.1f} s", flush=True)
    if failed:
        print(f"\n{len(failed)} of {len(CHECKS)} checks failed: {', '.join(failed)}", file=sys.stderr)
        return 1
    print(f"\nAll {len(CHECKS)} checks passed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
