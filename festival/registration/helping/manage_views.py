"""`/manage/<festival>/helpers`: the organizer makes links for helpers, prints them, sees and ends them."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select

from festival.accounts.audit import record
from festival.core.paging import Page, page_of
from festival.core.text import fold
from festival.extensions import begin_writing, db
from festival.programme.forms import ButtonForm
from festival.programme.models import Festival
from festival.registration.helping import links, made
from festival.registration.helping.forms import LinkForm
from festival.registration.helping.views import SLIPS_ON_A_PAGE
from festival.registration.models import HelperLink, LinkKind
from festival.registration.shown_tickets import tickets_to_show
from festival.registration.tickets import qr_svg

bp = Blueprint("helping_manage", __name__, url_prefix="/manage/<festival>/helpers")


@bp.get("")
def index(festival: Festival) -> ResponseReturnValue:
    """All links, those in use first."""
    words = request.args.get("q", "")[:100]
    query = (
        select(HelperLink)
        .where(HelperLink.festival_id == festival.id)
        .order_by(HelperLink.ended_at.is_not(None), HelperLink.group_name, HelperLink.id)
    )
    if words:
        wanted = [
            one.id for one in db.session.scalars(query) if fold(words) in fold(one.group_name + " " + one.helper_name)
        ]
        query = query.where(HelperLink.id.in_(wanted))
    page = page_of(query, request.args.get("page"))
    rows = Page(links.rows_of(page.rows), page.number, page.total, page.size)
    return render_template("helper/manage.html", festival=festival, page=rows, words=words)


@bp.route("/new", methods=["GET", "POST"])
def new(festival: Festival) -> ResponseReturnValue:
    """A new link."""
    form = LinkForm()
    if form.validate_on_submit():
        link = links.make_link(
            festival, LinkKind(form.kind.data), form.group_name.data, form.helper_name.data, current_user.id
        )
        db.session.commit()
        return redirect(url_for(".show", festival=festival.slug, link_id=link.id), code=303)
    page = render_template("helper/manage_new.html", festival=festival, form=form)
    return page, 422 if form.is_submitted() else 200


@bp.get("/<int:link_id>")
def show(festival: Festival, link_id: int) -> ResponseReturnValue:
    """One link: its address, as a code to read or print, and what came of it."""
    link = links.get_link(festival, link_id) or abort(404)
    address = links.address_of(link)
    return render_template(
        "helper/manage_link.html",
        festival=festival,
        link=link,
        row=links.rows_of([link])[0],
        address=address,
        drawing=qr_svg(address, _("QR code of the link for %(group)s", group=link.group_name)),
        groups=made.groups_of(link),
    )


@bp.get("/<int:link_id>/slips")
def slips(festival: Festival, link_id: int) -> ResponseReturnValue:
    """The tickets of all whom a link has registered, to print; of one class with `?group=`. It is in the audit log."""
    link = links.get_link(festival, link_id) or abort(404)
    query = made.of_link(link, request.args.get("group", "")[:120])
    page = page_of(query, request.args.get("page"), SLIPS_ON_A_PAGE)
    begin_writing()
    after = {"households": len(page.rows)}
    record("helper_link.slips_printed", link.group_name, festival_id=festival.id, after=after)
    db.session.commit()
    return render_template(
        "helper/slips.html",
        layout="manage.html",
        festival=festival,
        link=link,
        up=(url_for(".show", festival=festival.slug, link_id=link.id), link.group_name),
        page=page,
        shown=[(one, tickets_to_show(one)) for one in page.rows],
    )


@bp.route("/<int:link_id>/end", methods=["GET", "POST"])
def end(festival: Festival, link_id: int) -> ResponseReturnValue:
    """Ask, then end the link."""
    link = links.get_link(festival, link_id) or abort(404)
    form = ButtonForm()
    if form.validate_on_submit():
        if links.end_link(link):
            db.session.commit()
            flash(_("The link for %(group)s was ended.", group=link.group_name), "success")
        return redirect(url_for(".index", festival=festival.slug), code=303)
    row = links.rows_of([link])[0]
    return render_template("helper/manage_end.html", festival=festival, row=row, link=link, form=form)
