"""What a design's certificates are given for: the rule, changed step by step, and whom it means today."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from festival.accounts.audit import record
from festival.certificates import qualifying, rule_editing
from festival.certificates.criteria import rule_of
from festival.certificates.facts import FACTS, FACTS_OF_BOOTHS
from festival.certificates.models import CertificateKind, Design
from festival.certificates.qualifying import Shown
from festival.certificates.rule_editing import check, facts_for, group_of, keep, members_of, version_of
from festival.certificates.rule_forms import TITLES, ConditionForm, MembersForm, NeedForm, RemoveForm, StepForm
from festival.certificates.rule_words import programme_for, words_of, words_of_members, words_of_need
from festival.certificates.rules import BrokenRuleError, Group, OfMembers, Rule, conditions_of, facts_used, to_json
from festival.extensions import READING_FIRST, db, stop_reading
from festival.programme.models import Festival

bp = Blueprint("certificate_rules", __name__, url_prefix="/manage/<festival>/certificates/designs/<int:design_id>/rule")
READING_FIRST.update(f"{bp.name}.{view}" for view in ("add", "remove", "need", "members"))


@bp.get("")
def show(festival: Festival, design_id: int) -> ResponseReturnValue:
    """The rule, what can be changed of it, and what it means now."""
    return _page(_design(festival, design_id))


@bp.get("/people")
def people(festival: Festival, design_id: int) -> ResponseReturnValue:
    """Everybody, with what is missing and why; by part of a name."""
    design = _design(festival, design_id)
    wanted = request.args.get("q", "")[:100]
    chosen = request.args.get("shown", "")
    shown = Shown(chosen) if chosen in {one.value for one in Shown} else Shown.ALL
    preview = qualifying.preview_of(design)
    page = qualifying.rows_of(design, preview, wanted, shown, request.args.get("page"))
    if wanted.strip():
        g.households_shown = [row.registration_id for row in page.rows]
    return render_template(
        "certificates/rule_people.html",
        festival=festival,
        design=design,
        preview=preview,
        page=page,
        wanted=wanted,
        shown=shown,
    )


@bp.get("/add/<fact>")
def choose(festival: Festival, design_id: int, fact: str) -> ResponseReturnValue:
    """Fill in a condition about this fact."""
    design = _design(festival, design_id)
    return _condition_page(design, fact, _condition_form(design, fact))


@bp.post("/add/<fact>")
def add(festival: Festival, design_id: int, fact: str) -> ResponseReturnValue:
    """Add a condition."""
    design = _design(festival, design_id)
    form = _condition_form(design, fact)
    if not form.validate_on_submit():
        return _condition_page(design, fact, form, 422)
    return _change(design, form, lambda rule: rule_editing.add(rule, form.condition(fact), form.place.data))


@bp.post("/remove")
def remove(festival: Festival, design_id: int) -> ResponseReturnValue:
    """Take a condition away."""
    design, form = _design(festival, design_id), RemoveForm()
    if not form.validate_on_submit():
        abort(400)
    return _change(design, form, lambda rule: rule_editing.remove(rule, form.path.data or ""))


@bp.post("/need")
def need(festival: Festival, design_id: int) -> ResponseReturnValue:
    """Change how many of a group have to be met."""
    design = _design(festival, design_id)
    path = request.form.get("path", "")
    group = _group_at(rule_of(design), path)
    form = NeedForm.of(group, path, version_of(design)) if group else NeedForm(version="")
    if group is None or not form.validate_on_submit():
        return _overtaken(design)
    return _change(design, form, lambda rule: rule_editing.set_need(rule, path, form.chosen()))


@bp.post("/members")
def members(festival: Festival, design_id: int) -> ResponseReturnValue:
    """Change for whom of a family it has to hold."""
    design, form = _design(festival, design_id), MembersForm()
    if design.kind is not CertificateKind.HOUSEHOLD:
        abort(404)
    if not form.validate_on_submit():
        return _page(design, form, 422)
    return _change(design, form, lambda rule: rule_editing.set_members(rule, form.chosen()))


def _design(festival: Festival, design_id: int) -> Design:
    found = select(Design).where(Design.id == design_id, Design.festival_id == festival.id)
    return db.session.scalar(found) or abort(404)


def _change(design: Design, form: StepForm, step: Callable[[Rule], Rule]) -> ResponseReturnValue:
    """Take one step, unless somebody else has changed the rule since the page was made; or only show what would come
    of it."""
    if request.form.get("go") == "try":
        return _tried(design, form, step)
    stop_reading()
    # Two people at once: the second waits here, and then sees what the first has made of it.
    db.session.refresh(design, with_for_update={"key_share": True, "of": Design})
    before = rule_of(design)
    if form.version.data != version_of(design):
        return _overtaken(design)
    try:
        keep(design, step(before))
    except BrokenRuleError:
        return _overtaken(design)
    record(
        "certificate.rule_changed", design.name, festival_id=design.festival_id,
        before={"rule": to_json(before)}, after={"rule": design.rule},
    )  # fmt: skip
    db.session.commit()
    flash(_("The rule is changed. Certificates that were issued stay."), "success")
    return _back(design)


def _tried(design: Design, form: StepForm, step: Callable[[Rule], Rule]) -> ResponseReturnValue:
    """What would come of a step, before it is taken; nobody's writing waits for that."""
    try:
        changed = step(rule_of(design))
        check(design, changed)
    except BrokenRuleError:
        return _overtaken(design)
    if form.version.data != version_of(design):
        return _overtaken(design)
    before, after = qualifying.preview_of(design), qualifying.preview_of(design, changed)
    return render_template(
        "certificates/rule_try.html",
        festival=design.festival,
        design=design,
        before=before,
        after=after,
        top=_shown_group(group_of(changed), "", programme_for(design.festival, facts_used(changed)), ""),
        family=words_of_members(changed) if isinstance(changed, OfMembers) else "",
        names_lost=qualifying.names_of(design, before.qualifying - after.qualifying),
        again=[(name, value) for name, value in request.form.items(multi=True) if name not in ("go", "csrf_token")],
    )


def _overtaken(design: Design) -> ResponseReturnValue:
    db.session.rollback()
    flash(_("The rule has changed meanwhile, so nothing was done. Please look at it once more."), "warning")
    return _back(design)


def _back(design: Design) -> ResponseReturnValue:
    return redirect(url_for(".show", festival=design.festival.slug, design_id=design.id), 303)


def _group_at(rule: Rule, path: str) -> Group | None:
    group = group_of(rule)
    if path == "":
        return group
    if not (path.isascii() and path.isdigit() and len(path) < 4 and int(path) < len(group.of)):
        return None
    node = group.of[int(path)]
    return node if isinstance(node, Group) else None


def _known(design: Design) -> set[str]:
    return set(FACTS_OF_BOOTHS if design.kind is CertificateKind.HOST else FACTS)


def _condition_form(design: Design, fact: str) -> ConditionForm:
    if fact not in facts_for(design.kind) or fact not in _known(design):
        abort(404)
    programme = programme_for(design.festival, {fact})
    return ConditionForm.of(fact, design, rule_of(design), programme, version_of(design))


def _condition_page(design: Design, fact: str, form: ConditionForm, status: int = 200) -> ResponseReturnValue:
    lists = [form.ids, form.names if fact == "skills" else None]
    nothing = any(each is not None and len(each.choices) == 0 for each in lists)
    page = render_template(
        "certificates/rule_condition.html",
        festival=design.festival,
        design=design,
        title=TITLES[fact],
        fact=fact,
        form=form,
        nothing_to_choose=nothing,
    )
    return page, status


def _page(design: Design, members_form: MembersForm | None = None, status: int = 200) -> ResponseReturnValue:
    rule, version = rule_of(design), version_of(design)
    programme = programme_for(design.festival, facts_used(rule))
    page = render_template(
        "certificates/rule.html",
        festival=design.festival,
        design=design,
        rule=rule,
        top=_shown_group(group_of(rule), "", programme, version),
        family=words_of_members(rule) if isinstance(rule, OfMembers) else "",
        members=(members_form or _members_form(rule, version)) if design.kind is CertificateKind.HOUSEHOLD else None,
        remove=RemoveForm(version=version),
        only_one=sum(1 for _each in conditions_of(rule)) < 2,
        facts=[(fact, TITLES[fact], fact in _known(design)) for fact in facts_for(design.kind)],
        preview=qualifying.preview_of(design),
        words_of=lambda condition: words_of(condition, programme),
    )
    return page, status


def _members_form(rule: Rule, version: str) -> MembersForm:
    now = members_of(rule)
    chosen = now if isinstance(now, str) else "some"
    return MembersForm(version=version, members=chosen, at_least=now if isinstance(now, int) else 2)


def _shown_group(group: Group, path: str, programme: Any, version: str) -> dict[str, Any]:
    """A group as the page shows it."""
    nodes = []
    for number, node in enumerate(group.of):
        place = f"{path}.{number}" if path else str(number)
        if isinstance(node, Group):
            nodes.append({"path": place, "group": _shown_group(node, place, programme, version)})
        else:
            nodes.append({"path": place, "words": words_of(node, programme)})
    return {
        "heading": words_of_need(group),
        "path": path,
        "nodes": nodes,
        "need": NeedForm.of(group, path, version) if len(group.of) > 1 else None,
    }
