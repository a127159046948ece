"""Festival: the service that a ward or a city runs its Digital Learning Day with."""

from __future__ import annotations

from werkzeug.middleware.proxy_fix import ProxyFix

from festival.application import Application
from festival.config import ROOT, Settings


def create_app(settings: Settings | None = None) -> Application:
    """The application with all its parts, ready to serve; reads the environment when no settings are given."""
    from festival import accounts_setup, appearance, commands, errors, gate, language, logs, parts, queue, templating
    from festival.core import counting  # noqa: F401 - where limits are counted, by its name in the settings
    from festival.extensions import compress, compress_long, csrf, db, limiter, migrate

    settings = settings or Settings.from_environment()
    settings.data.mkdir(parents=True, exist_ok=True)
    app = Application(
        "festival",
        instance_path=str(settings.data),
        static_folder=str(ROOT / "static"),
        template_folder=str(ROOT / "templates"),
    )
    app.config.from_mapping(settings.flask())
    app.extensions["settings"] = settings
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]

    logs.init_logs(app)
    db.init_app(app)
    migrate.init_app(app, directory=str(ROOT / "migrations"))
    language.init_language(app)
    appearance.init_appearance(app)
    csrf.init_app(app)
    limiter.init_app(app)
    compress.init_app(app)
    app.after_calls(compress_long)
    queue.init_queue(app)
    accounts_setup.init_accounts(app)
    gate.init_gate(app)
    templating.init_templating(app)
    errors.init_errors(app)

    parts.register_parts(app)
    commands.init_commands(app)
    return app
