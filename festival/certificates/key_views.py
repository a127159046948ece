"""`/manage/<festival>/certificates/keys`: the keys of the festival's organization, and what is signed with which."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import select

from festival.accounts.models import Organization
from festival.certificates import signing_keys
from festival.certificates.forms import ButtonForm
from festival.certificates.key_forms import ChooseKeyForm, KeyFileForm, TimestampForm, TokenForm
from festival.certificates.key_reading import MAX_BYTES, KeyProblem
from festival.certificates.key_words import AT_FIELD, key_problem_words, run_problem_words, signing_problem_words
from festival.certificates.models import Design, SigningKey
from festival.certificates.signed_files import note_of, why_key_fails
from festival.certificates.signing_keys import KeyState, find_signing_key, keys_of, state_of
from festival.certificates.tokens import TokenAddress, modules
from festival.core.forms import choices
from festival.extensions import READING_FIRST, db, stop_reading
from festival.programme.models import Festival

bp = Blueprint("certificate_keys", __name__, url_prefix="/manage/<festival>/certificates/keys")

bp.add_app_template_global(note_of, "signature_note")
bp.add_app_template_filter(run_problem_words)

# A token and a time stamp server take their time; nobody's writing waits for them.
READING_FIRST.update(f"{bp.name}.{view}" for view in ("add_file", "add_token", "edit", "attempt"))


@bp.get("")
def index(festival: Festival) -> ResponseReturnValue:
    """All keys, and for each design the one that signs."""
    keys = keys_of(festival.organization_id)
    return render_template(
        "certificates/keys.html",
        festival=festival,
        organization=db.session.get_one(Organization, festival.organization_id),
        keys=[(key, state_of(key).value, signing_keys.designs_with(key)) for key in keys],
        designs=[(design, _choosing(design, keys)) for design in _designs(festival)],
        tokens=bool(modules()),
        button=ButtonForm(),
    )


def _designs(festival: Festival) -> list[Design]:
    query = select(Design).where(Design.festival_id == festival.id, Design.archived_at.is_(None))
    return list(db.session.scalars(query.order_by(Design.id)))


def _choosing(design: Design, keys: list[SigningKey]) -> ChooseKeyForm:
    """The keys to choose from: those that can sign, and the one that is chosen."""
    chosen = design.signing_key_id or 0
    form = ChooseKeyForm(request.form or None, prefix=f"design-{design.id}-", key=chosen)
    usable = [key for key in keys if state_of(key) is KeyState.USABLE or key.id == chosen]
    form.key.choices = choices([(0, _("no signature")), *((key.id, key.name) for key in usable)])
    return form


@bp.route("/file", methods=["GET", "POST"])
def add_file(festival: Festival) -> ResponseReturnValue:
    """Bring a key in a PKCS#12 file."""
    form = KeyFileForm()
    if form.validate_on_submit():
        content = form.file.data.stream.read(MAX_BYTES + 1)
        key = signing_keys.file_key(
            festival, form.name.data, content, form.password.data or "", form.timestamp_url.data
        )
        if _kept(festival, key, form, "file"):
            return redirect(url_for(".index", festival=festival.slug), 303)
    page = render_template("certificates/key_file.html", festival=festival, form=form)
    return page, 422 if form.is_submitted() else 200


@bp.route("/token", methods=["GET", "POST"])
def add_token(festival: Festival) -> ResponseReturnValue:
    """Name a key in a token; 404 where no driver is allowed."""
    if not modules():
        abort(404)
    form = TokenForm()
    form.module.choices = choices((path, path.rpartition("/")[2]) for path in modules())
    if form.validate_on_submit():
        address = TokenAddress(form.module.data, form.token.data, form.pin.data, form.key_label.data)
        key = signing_keys.token_key(festival, form.name.data, address, form.timestamp_url.data)
        if _kept(festival, key, form, "token"):
            return redirect(url_for(".index", festival=festival.slug), 303)
    page = render_template("certificates/key_token.html", festival=festival, form=form)
    return page, 422 if form.is_submitted() else 200


def _kept(festival: Festival, key: SigningKey | KeyProblem, form: FlaskForm, first: str) -> bool:
    """Keep a key that signs when it is tried; otherwise say at the field what is wrong."""
    if isinstance(key, KeyProblem):
        at = form[AT_FIELD[key]] if AT_FIELD.get(key) in form else form[first]
        at.errors = [*at.errors, key_problem_words(key)]
        return False
    if problem := why_key_fails(key):
        at = form.timestamp_url if key.timestamp_url else form[first]
        at.errors = [*at.errors, signing_problem_words(problem)]
        return False
    signing_keys.keep_key(key, festival)
    db.session.commit()
    flash(_("The key %(name)s is kept. Choose below which certificates it signs.", name=key.name), "success")
    return True


@bp.post("/make")
def make(festival: Festival) -> ResponseReturnValue:
    """A key of our own making."""
    if not ButtonForm().validate_on_submit():
        abort(400)
    key = signing_keys.make_signing_key(festival)
    db.session.commit()
    flash(
        _("The key %(name)s is made. It proves that nothing was changed; who signed, nobody confirms.", name=key.name),
        "success",
    )
    return redirect(url_for(".index", festival=festival.slug), 303)


@bp.route("/<int:key_id>", methods=["GET", "POST"])
def edit(festival: Festival, key_id: int) -> ResponseReturnValue:
    """What is known of a key; which server stamps the time."""
    key = _key(festival, key_id)
    form = TimestampForm(obj=key)
    if form.validate_on_submit():
        stop_reading()
        signing_keys.set_timestamp_url(key, festival, form.timestamp_url.data)
        db.session.commit()
        flash(_("Saved."), "success")
        return redirect(url_for(".edit", festival=festival.slug, key_id=key.id), 303)
    page = render_template(
        "certificates/key.html",
        festival=festival,
        key=key,
        state=state_of(key).value,
        fingerprint=signing_keys.fingerprint(key),
        names=signing_keys.names_of(key),
        form=form,
        button=ButtonForm(formdata=None),
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/<int:key_id>/try")
def attempt(festival: Festival, key_id: int) -> ResponseReturnValue:
    """Sign an empty page, and say whether it went well."""
    key = _key(festival, key_id)
    if not ButtonForm().validate_on_submit():
        abort(400)
    if problem := why_key_fails(key):
        flash(signing_problem_words(problem), "error")
    else:
        flash(_("Signing works."), "success")
    return redirect(url_for(".edit", festival=festival.slug, key_id=key.id), 303)


@bp.route("/<int:key_id>/retire", methods=["GET", "POST"])
def retire(festival: Festival, key_id: int) -> ResponseReturnValue:
    """Never sign with this key again."""
    key = _key(festival, key_id)
    form = ButtonForm()
    if form.validate_on_submit():
        if signing_keys.retire(key, festival):
            flash(_("The key %(name)s is retired: nothing is signed with it any more.", name=key.name), "success")
        db.session.commit()
        return redirect(url_for(".index", festival=festival.slug), 303)
    used = signing_keys.designs_with(key)
    return render_template("certificates/key_retire.html", festival=festival, key=key, used=used, form=form)


@bp.post("/designs")
def choose(festival: Festival) -> ResponseReturnValue:
    """Which key signs what each design gives."""
    keys = keys_of(festival.organization_id)
    chosen = [(design, _choosing(design, keys)) for design in _designs(festival)]
    if not ButtonForm().validate_on_submit() or not all(form.validate() for _design, form in chosen):
        flash(_("Please choose one of the keys."), "error")
        return redirect(url_for(".index", festival=festival.slug), 303)
    for design, form in chosen:
        key = find_signing_key(festival.organization_id, form.key.data) if form.key.data else None
        if signing_keys.choose_key(design, key):
            words = (
                _("%(design)s is signed with %(key)s from now on.", design=design.name, key=key.name)
                if key
                else _("%(design)s is no longer signed.", design=design.name)
            )
            flash(words, "success")
    db.session.commit()
    return redirect(url_for(".index", festival=festival.slug), 303)


def _key(festival: Festival, key_id: int) -> SigningKey:
    return find_signing_key(festival.organization_id, key_id) or abort(404)
