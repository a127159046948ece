"""The web server of `make run`: translations, migrations and the demo festival if empty, then gunicorn.

`python -m scripts.serve`, from the top folder. One process does it all, because loading the application takes longer
than everything else together: it is loaded once, and the preparing child and gunicorn's workers are forked from it.
"""

import multiprocessing
import os
import sys
from typing import NoReturn

from flask import Flask
from flask.cli import FlaskGroup
from gunicorn.app.wsgiapp import WSGIApplication

from scripts.translations import compile_catalogues

CONFIGURATION = "deploy/gunicorn.conf.py"


def prepare(app: Flask) -> None:
    """The very commands that an operator types, without starting Python for each."""
    commands = FlaskGroup(create_app=lambda: app)
    commands.main(["db", "upgrade"], standalone_mode=False)
    commands.main(["festival", "demo", "--if-empty"], standalone_mode=False)


def main() -> NoReturn:
    compile_catalogues()
    from festival.config import SettingError

    try:
        from wsgi import app
    except SettingError as problem:
        sys.exit(str(problem))
    # In a child, so that no connection to the database is open when gunicorn forks: SQLite forbids carrying one over.
    child = multiprocessing.get_context("fork").Process(target=prepare, args=(app,))
    child.start()
    child.join()
    if child.exitcode:
        sys.exit("The database could not be made ready; what it said stands above.")
    sys.argv = ["gunicorn", "--config", CONFIGURATION, "wsgi:app"]
    WSGIApplication(prog="gunicorn").run()
    sys.exit(os.EX_OK)


if __name__ == "__main__":
    main()
