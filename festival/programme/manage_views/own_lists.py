"""A list that somebody made without our template: how it was understood, what becomes of each row, and the import."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from festival.extensions import db
from festival.messages.outbox import wake_worker
from festival.programme.forms import ButtonForm
from festival.programme.importing import apply_reading
from festival.programme.judged_rows import Judged, Known, Verdict
from festival.programme.judging import judge
from festival.programme.manage_views import bp
from festival.programme.manage_views.imports import told
from festival.programme.models import Booth, Festival, FestivalStatus, ProgrammeUpload, Session
from festival.programme.package_check import FileRefused
from festival.programme.reading import BoothRow, ProgrammeReading, SessionRow
from festival.programme.understanding import FIELDS, ListKind, Table, understand
from festival.programme.uploads import find_upload, forget_upload
from festival.programme.verdict_words import FIELD_WORDS, KINDS, VERDICTS, why

Typed = dict[tuple[int, int, str], str]
LONGEST_TYPED = 200
_TYPED_FIELDS = frozenset(field for fields in FIELDS.values() for field in fields)


@bp.route("/<festival>/import/<token>/list", methods=["GET", "POST"])
def understood(festival: Festival, token: str) -> ResponseReturnValue:
    """The list as it was understood; its columns are corrected here, and what is confirmed is imported."""
    if festival.status is FestivalStatus.ARCHIVED:
        abort(403)
    kept = find_upload(token, current_user, festival) or abort(404)
    tables = _tables(kept)
    form, wrong, typed, ticked = ButtonForm(), "", Typed(), set[str]()
    if form.validate_on_submit() and request.form.get("do") == "columns":
        chosen = _chosen_columns(tables, request.form)
        if wrong := _columns_twice(chosen):
            tables = _tables(kept, chosen)
        else:
            kept.choices = chosen
            db.session.commit()
            return redirect(url_for(".understood", festival=festival.slug, token=token))
    elif form.is_submitted() and not form.errors:
        typed, ticked = _typed(request.form), set(request.form.getlist("use"))
    rows = _judged(festival, tables, typed)
    confirmed = [one for one in rows if one.verdict is Verdict.READY or one.key in ticked]
    if request.form.get("do") == "import" and not form.errors:
        if any(one.needs for one in confirmed):
            wrong = _("Some of the rows you ticked still miss something. Please type it, or take the tick away.")
        elif not any(one.offer for one in confirmed):
            wrong = _("No row is confirmed yet. Please tick the rows to import.")
        else:
            return _import(festival, kept, confirmed)
    page = render_template(
        "programme/manage/own_list.html",
        festival=festival,
        upload=kept,
        tables=tables,
        rows={table.number: [one for one in rows if one.table == table.number] for table in tables},
        counts=[(VERDICTS[verdict], sum(one.verdict is verdict for one in rows)) for verdict in Verdict],
        typed={f"{table}-{row}-{field}": text for (table, row, field), text in typed.items()},
        ticked=ticked,
        wrong=wrong,
        form=form,
        kinds=[(kind.value, words) for kind, words in KINDS.items()],
        field_words=FIELD_WORDS,
        fields={kind: ["", *fields] for kind, fields in FIELDS.items()},
        verdicts=VERDICTS,
        why=why,
    )
    return page, 422 if wrong or form.errors else 200


def _tables(kept: ProgrammeUpload, chosen: dict[str, Any] | None = None) -> tuple[Table, ...]:
    try:
        return understand(kept.content, chosen or kept.choices)
    except FileRefused:
        abort(404)


def _chosen_columns(tables: tuple[Table, ...], answers: MultiDict[str, str]) -> dict[str, Any]:
    """What each table and column is, as the page says; a table of another kind finds its columns anew."""
    chosen: dict[str, Any] = {}
    for table in tables:
        kind = answers.get(f"kind-{table.number}", "")
        if kind not in {each.value for each in ListKind}:
            kind = table.kind.value
        columns = {}
        if kind == table.kind.value:
            for index, _header, field in table.columns:
                given = answers.get(f"column-{table.number}-{index}", field)
                columns[str(index)] = given if given in FIELDS.get(table.kind, {}) else ""
        chosen[str(table.number)] = {"kind": kind, "columns": columns}
    return chosen


def _columns_twice(chosen: dict[str, Any]) -> str:
    for table in chosen.values():
        fields = [field for field in table["columns"].values() if field]
        if double := next((field for field in fields if fields.count(field) > 1), None):
            return str(_("Two columns are “%(name)s”. Please choose one of them.", name=FIELD_WORDS[double]))
    return ""


def _typed(answers: MultiDict[str, str]) -> Typed:
    """What was typed for missing cells, by table, row and field."""
    typed = Typed()
    for name, text in answers.items():
        match name.split("-"):
            case ["type", table, row, field] if field in _TYPED_FIELDS and text.strip():
                if table.isdecimal() and row.isdecimal() and len(table) < 4 and len(row) < 7:
                    typed[int(table), int(row), field] = text.strip()[:LONGEST_TYPED]
    return typed


def _judged(festival: Festival, tables: tuple[Table, ...], typed: Typed) -> list[Judged]:
    booths = db.session.scalars(select(Booth).where(Booth.festival_id == festival.id)).all()
    sessions = db.session.scalars(select(Session).where(Session.festival_id == festival.id)).all()
    known = Known(
        tuple(festival.days),
        festival.opens_at,
        festival.closes_at,
        {booth.code: (booth.name, booth.topic, booth.host_name) for booth in booths},
        {
            (one.workshop.title, one.workshop.audience, one.room, one.starts_at): (one.ends_at, one.capacity)
            for one in sessions
        },
    )
    return [one for table in tables if table.kind in FIELDS for one in judge(table, known, typed)]


def _import(festival: Festival, kept: ProgrammeUpload, confirmed: list[Judged]) -> ResponseReturnValue:
    offers = [one.offer for one in confirmed]
    reading = ProgrammeReading(
        booths=tuple(one for one in offers if isinstance(one, BoothRow)),
        sessions=tuple(one for one in offers if isinstance(one, SessionRow)),
    )
    result = apply_reading(reading, festival, kept.filename)
    forget_upload(kept)
    db.session.commit()
    wake_worker()
    flash(told(result), "success")
    return redirect(url_for(".past_imports", festival=festival.slug))
