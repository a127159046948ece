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

    def deliver_messages() -> None:
        if postman := app.extensions.get("postman"):
            postman.wake()

    def forget_uploads() -> int:
        from festival.programme.uploads import forget_old_uploads

        with app.app_context():
            return forget_old_uploads()

    def forget_origins() -> int:
        from festival.registration.guarding.forgetting import forget_old_origins

        with app.app_context():
            return forget_old_origins()

    def erase_due() -> int:
        from festival.privacy.erasure import erase_due_festivals

        with app.app_context():
            return erase_due_festivals()

    def send_links(festival_id: int, sealed_contact: str) -> int:
        from festival.core.secrets import unseal
        from festival.extensions import db
        from festival.messages.outbox import wake_worker
        from festival.programme.models import Festival
        from festival.registration.coming_back import send_links as write_links

        with app.app_context():
            festival = db.session.get(Festival, festival_id)
            links = write_links(festival, unseal(sealed_contact.encode()).decode()) if festival else 0
            db.session.commit()
            if links:
                wake_worker()
            return links

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

    def write_to_households() -> int:
        from festival.certificates.notices import tell_of_new
        from festival.core.clock import now
        from festival.extensions import db
        from festival.mailings.writing import write_due_groups
        from festival.registration.reminders import write_due
        from festival.registration.same_number import tell_owners

        with app.app_context():
            written = write_due(now()) + write_due_groups(now()) + tell_of_new(now()) + tell_owners(now())
            db.session.commit()
            if written:
                deliver_messages()
            return written

    def work_through_waiting_lists() -> int:
        from festival.extensions import db
        from festival.registration.waiting_list import offer_freed, sessions_due

        with app.app_context():
            due = sessions_due()
            for session_id in due:  # one at a time: residents wait for none of them long
                offer_freed([session_id])
                db.session.commit()
            if due:
                deliver_messages()
            return len(due)

    def issue_certificates() -> int:
        from festival.certificates.runs import work_off

        with app.app_context():
            return work_off()

    def read_returned_mail() -> int:
        import structlog

        from festival.messages.mailbox import BounceMailbox

        if not settings.bounces.host:
            return 0
        mailbox: BounceMailbox = app.extensions.setdefault("bounce_mailbox", BounceMailbox(settings.bounces))
        with app.app_context():
            done = mailbox.read()
        if done.trouble:
            structlog.get_logger().warning("mailbox not read", reason=done.trouble)
        return done.marked

    app.extensions["deliver_messages"] = huey.task()(deliver_messages)
    app.extensions["send_links"] = huey.task()(send_links)
    app.extensions["issue_certificates"] = huey.task()(issue_certificates)
    huey.periodic_task(crontab(minute="*"), name="issue_certificates_every_minute")(issue_certificates)
    huey.periodic_task(crontab(minute="*"), name="write_to_households_every_minute")(write_to_households)
    huey.periodic_task(crontab(minute="*"), name="waiting_lists_every_minute")(work_through_waiting_lists)
    huey.periodic_task(crontab(minute="*"), name="warn_of_full_houses_every_minute")(warn_of_full_houses)
    huey.periodic_task(crontab(minute="*/5"), name="returned_mail_every_five_minutes")(read_returned_mail)
    huey.periodic_task(crontab(minute="17"), name="forget_uploads_every_hour")(forget_uploads)
    huey.periodic_task(crontab(minute="27"), name="forget_origins_every_hour")(forget_origins)
    huey.periodic_task(crontab(minute="37"), name="erase_due_every_hour")(erase_due)  # a laptop sleeps at night


def run_worker(app: Flask) -> None:
    """Work until SIGINT or SIGTERM."""
    from festival.messages.postman import Postman

    huey: Huey = app.extensions["huey"]
    postman = app.extensions["postman"] = Postman(app)
    postman.start()
    huey.create_consumer(workers=1, periodic=True, initial_delay=0.2, max_delay=2.0).run()
    postman.stop()
