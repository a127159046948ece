"""An app served on this machine for a browser to walk through."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.serving import make_server

from festival.extensions import db


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve `app` at its own public address (http://127.0.0.1:PORT) until the block ends; gives the address."""
    address: str = app.extensions["settings"].public_url
    server = make_server("127.0.0.1", urlsplit(address).port or 80, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield address
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            db.engine.dispose()
