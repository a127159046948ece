"""`make lock`: writes requirements*.txt anew from requirements*.in, every package with its hashes, for all platforms.

The front-end packages are locked by npm: `npm update`, then commit package-lock.json.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = "3.11"


def main() -> int:
    for name in ("requirements", "requirements-dev", "requirements-node"):
        print(f"→ {name}.txt", flush=True)
        uv = [str(Path(sys.executable).parent / "uv"), "pip", "compile", "--quiet", "--upgrade"]
        # Which index is asked is the machine's own setting and stays out of the file.
        how = ["--generate-hashes", "--universal", "--python-version", OLDEST_PYTHON, "--no-emit-index-url"]
        if status := subprocess.call([*uv, *how, f"{name}.in", "-o", f"{name}.txt"], cwd=ROOT):
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
