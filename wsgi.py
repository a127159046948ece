"""The WSGI entry: `gunicorn wsgi:app`, and `flask --app wsgi …` for commands."""

from festival import create_app

app = create_app()
