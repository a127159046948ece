"""What `make run` does before serving, in one start of Python: translations, migrations, and the demo if empty.

`python -m scripts.prepare_database`, from the top folder.
"""

import sys

from flask.cli import FlaskGroup

from festival import create_app
from festival.config import SettingError
from scripts.translations import compile_catalogues


def main() -> int:
    compile_catalogues()
    try:
        app = create_app()
    except SettingError as problem:
        print(problem, file=sys.stderr)
        return 1
    # The very commands that an operator types, without starting Python for each.
    commands = FlaskGroup(create_app=lambda: app)
    commands.main(["db", "upgrade"], standalone_mode=False)
    commands.main(["festival", "demo", "--if-empty"], standalone_mode=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
