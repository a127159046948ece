"""What residents see of a festival: its home, programme, booths and workshops; and the programme for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from festival.config import Settings
from festival.core.clock import now
from festival.core.paging import page_of
from festival.core.text import tidy
from festival.extensions import db
from festival.programme import calendar, search
from festival.programme.countdown import countdown
from festival.programme.models import Booth, BoothStatus, Festival, FestivalStatus, Session, Workshop
from festival.programme.timetable import timetable

bp = Blueprint("programme", __name__)

MOVEMENT_PLATFORM = "https://binhdanhocvuso.gov.vn/"
"""The national platform of the movement, where everybody can go on learning."""


@bp.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    """The mark, for what has no page around it to name one: PDF files, calendars."""
    return current_app.send_static_file("images/favicon.svg")


@bp.get("/")
def index() -> ResponseReturnValue:
    """The first page: the one festival there is, or a list of them to search by ward."""
    asked = tidy(request.args.get("q", "")[: search.MAX_QUERY_LENGTH])
    page = page_of(search.public_festivals(asked), request.args.get("page"), size=24)
    coming = [festival for festival in page.rows if festival.status is not FestivalStatus.CLOSED]
    if len(coming) == 1 and not asked and page.count == 1:
        return redirect(url_for("programme.home", festival=coming[0].slug, lang=request.args.get("lang")))
    moment = now()
    return render_template(
        "programme/index.html",
        page=page,
        query=asked,
        countdowns={festival.id: countdown(festival, moment) for festival in page.rows},
    )


@bp.get("/<festival>/")
def home(festival: Festival) -> str:
    """The home of a festival: when, where, how to take part, and a glance at what there is."""
    moment = now()
    return render_template(
        "programme/home.html",
        festival=festival,
        countdown=countdown(festival, moment),
        registration_open=festival.registration_open(moment),
        moment_now=moment,
        size=search.size_of(festival),
        topics=search.topics_of(festival),
        sessions=search.next_sessions(festival, moment, 6),
    )


@bp.get("/<festival>/programme")
def programme(festival: Festival) -> str:
    """Sessions on a timetable, or booths by zone and topic, filtered; five statements whatever the size."""
    filters = search.read_filters(request.args)
    sessions = search.find_sessions(festival, filters)
    booths = search.find_booths(festival, filters)
    show_booths = request.args.get("show") == "booths"
    by_topic = request.args.get("by") == "topic"
    return render_template(
        "programme/programme.html",
        festival=festival,
        filters=filters,
        parts=list(search.PartOfDay),
        topics=search.topics_of(festival),
        audiences=search.audiences_of(festival),
        show_booths=show_booths,
        by_topic=by_topic,
        session_count=len(sessions),
        booth_count=len(booths),
        days=[] if show_booths else timetable(sessions),
        booth_groups=_grouped(booths, by_topic) if show_booths else [],
        registration_open=festival.registration_open(now()),
    )


def _grouped(booths: Sequence[Booth], by_topic: bool) -> list[tuple[str, list[Booth]]]:
    """Booths under the names of their zones or topics; those without one come last, under an empty name."""

    def heading(booth: Booth) -> str:
        if by_topic:
            return booth.topic
        return booth.zone.name if booth.zone else ""

    ordered = sorted(booths, key=lambda b: (not b.topic, b.topic, b.code)) if by_topic else booths
    return [(name, list(group)) for name, group in groupby(ordered, heading)]


@bp.get("/<festival>/booths/<code>")
def booth(festival: Festival, code: str) -> str:
    """One booth, what happens at it, and others on the same topic."""
    query = (
        select(Booth)
        .where(Booth.festival_id == festival.id, Booth.code == code, Booth.status == BoothStatus.APPROVED)
        .options(joinedload(Booth.zone))
    )
    found = db.session.scalar(query) or abort(404)
    held_here = select(Session).where(Session.booth_id == found.id).order_by(Session.starts_at)
    related = (
        select(Booth)
        .where(Booth.festival_id == festival.id, Booth.status == BoothStatus.APPROVED)
        .where(Booth.topic == found.topic, Booth.topic != "", Booth.id != found.id)
        .order_by(Booth.code)
        .limit(6)
    )
    return render_template(
        "programme/booth.html",
        festival=festival,
        booth=found,
        sessions=db.session.scalars(held_here).all(),
        related=db.session.scalars(related).all(),
        platform=MOVEMENT_PLATFORM,
    )


@bp.get("/<festival>/workshops/<int:workshop_id>")
def workshop(festival: Festival, workshop_id: int) -> str:
    """One workshop with its sessions, and where to go on learning."""
    if workshop_id >= 2**31:
        abort(404)
    query = select(Workshop).where(Workshop.festival_id == festival.id, Workshop.id == workshop_id)
    found = db.session.scalar(query) or abort(404)
    held = (
        select(Session)
        .where(Session.workshop_id == found.id)
        .options(joinedload(Session.booth))
        .order_by(Session.starts_at, Session.room)
    )
    moment = now()
    return render_template(
        "programme/workshop.html",
        festival=festival,
        workshop=found,
        sessions=db.session.scalars(held).all(),
        moment_now=moment,
        several_days=festival.first_day != festival.last_day,
        registration_open=festival.registration_open(moment),
        learn_more=found.learn_more_url if _is_web_address(found.learn_more_url) else None,
        platform=MOVEMENT_PLATFORM,
    )


def _is_web_address(address: str | None) -> bool:
    """Only http and https become links, whatever was imported."""
    try:
        return urlsplit(address or "").scheme in ("http", "https")
    except ValueError:
        return False


@bp.get("/<festival>/programme.ics")
def programme_ics(festival: Festival) -> Response:
    """The sessions as a calendar; `?session=ID` gives one of them, `?only=festival` the festival's days instead."""
    public_url = _public_url()
    if request.args.get("only") == "festival":
        document, name = calendar.festival_calendar(festival, public_url), festival.slug
    elif (wanted := request.args.get("session")) is not None:
        session = _session(festival, wanted)
        document, name = calendar.sessions_calendar(festival, [session], public_url), f"{festival.slug}-{session.id}"
    else:
        sessions = search.find_sessions(festival)
        document, name = calendar.sessions_calendar(festival, sessions, public_url), f"{festival.slug}-programme"
    response = Response(document, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    response.set_etag(calendar.calendar_etag(document))
    return _cached(response, festival)


@bp.get("/<festival>/programme.json")
def programme_json(festival: Festival) -> Response:
    """The programme as JSON; `festival.programme.calendar.programme_document` describes its shape."""
    sessions, booths = search.find_sessions(festival), search.find_booths(festival)
    response = jsonify(calendar.programme_document(festival, sessions, booths, _public_url()))
    response.add_etag()
    return _cached(response, festival)


def _session(festival: Festival, wanted: str) -> Session:
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 10):
        abort(404)
    query = select(Session).where(Session.festival_id == festival.id, Session.id == int(wanted))
    return db.session.scalar(query.options(joinedload(Session.booth))) or abort(404)


def _cached(response: Response, festival: Festival) -> Response:
    """Half a minute for everybody, since seats change; a draft is for nobody's cache."""
    response.headers["Cache-Control"] = "public, max-age=30" if festival.public else "private, no-store"
    response.make_conditional(request)
    return response


def _public_url() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.public_url
