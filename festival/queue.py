"""The queue of work that no request waits for, and the worker that does it (huey)."""

from __future__ import annotations

from flask import Flask
from huey import Huey, RedisHuey, SqliteHuey, crontab

from festival.config import Settings


def init_queue(app: Flask) -> None:
    """Make the queue (SQLite in the instance folder, or Redis) and name its tasks."""
    settings: Settings = app.extensions["settings"]
    if settings.redis_url:
        huey: Huey = RedisHuey("festival", url=settings.redis_url)
    else:
        huey = SqliteHuey("festival", filename=str(settings.data / "queue.sqlite"))
    app.extensions["huey"] = huey

    def deliver_messages() -> int:
        from festival.messages.delivery import deliver_due

        with app.app_context():
            return deliver_due()

    def forget_uploads() -> int:
        from festival.programme.uploads import forget_old_uploads

        with app.app_context():
            return forget_old_uploads()

    def erase_due() -> int:
        from festival.privacy.erasure import erase_due_festivals

        with app.app_context():
            return erase_due_festivals()

    def warn_of_full_houses() -> int:
        from festival.checkin.capacity_warnings import warn_where_due
        from festival.core.clock import now
        from festival.extensions import db
        from festival.messages.outbox import wake_worker

        with app.app_context():
            mails = warn_where_due(now())
            db.session.commit()
            if mails:
                wake_worker()
            return mails

    app.extensions["deliver_messages"] = huey.task()(deliver_messages)
    huey.periodic_task(crontab(minute="*"), name="deliver_messages_every_minute")(deliver_messages)
    huey.periodic_task(crontab(minute="*"), name="warn_of_full_houses_every_minute")(warn_of_full_houses)
    huey.periodic_task(crontab(minute="17"), name="forget_uploads_every_hour")(forget_uploads)
    huey.periodic_task(crontab(minute="37"), name="erase_due_every_hour")(erase_due)  # a laptop sleeps at night


def run_worker(app: Flask) -> None:
    """Work until SIGINT or SIGTERM."""
    huey: Huey = app.extensions["huey"]
    huey.create_consumer(workers=1, periodic=True, initial_delay=0.2, max_delay=2.0).run()
