"""Conditions in words: what has to be done, how much of it is left. The same words for organizers and residents."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from sqlalchemy import select

from festival.certificates.rules import Condition, Group, JudgedCondition, OfMembers
from festival.core.clock import local
from festival.extensions import db
from festival.programme.models import Booth, BoothStatus, Festival, Session, Workshop

ASK_SESSIONS = frozenset({"sessions", "session_hours", "session", "workshop"})
ASK_BOOTHS = frozenset({"stamps", "topics", "skills"})


@dataclass(frozen=True)
class Programme:
    """What of a festival's programme the words of a rule need: sessions in the order of time, booths by code."""

    festival: Festival
    sessions: dict[int, Session] = field(default_factory=dict)
    workshops: dict[int, Workshop] = field(default_factory=dict)
    booths: tuple[Booth, ...] = ()


def programme_for(festival: Festival, facts: Collection[str]) -> Programme:
    """The programme, as far as conditions about these facts speak of it: at most three statements."""
    sessions: dict[int, Session] = {}
    workshops: dict[int, Workshop] = {}
    booths: tuple[Booth, ...] = ()
    if not ASK_SESSIONS.isdisjoint(facts):
        query = select(Session).where(Session.festival_id == festival.id).order_by(Session.starts_at, Session.id)
        sessions = {session.id: session for session in db.session.scalars(query)}
        found = select(Workshop).where(Workshop.festival_id == festival.id).order_by(Workshop.title, Workshop.id)
        workshops = {workshop.id: workshop for workshop in db.session.scalars(found)}
    if not ASK_BOOTHS.isdisjoint(facts):
        approved = select(Booth).where(Booth.festival_id == festival.id, Booth.status == BoothStatus.APPROVED)
        booths = tuple(db.session.scalars(approved.order_by(Booth.code)))
    return Programme(festival, sessions, workshops, booths)


def number(amount: float) -> str:
    """1.5 as the page's language writes it; whole numbers without a point."""
    return str(format_decimal(round(amount, 2)))


def words_of(condition: Condition, programme: Programme) -> str:
    """What has to be done, as a short call: "Attend 3 sessions"."""
    amount = condition.at_least
    count = int(amount)
    match condition.fact:
        case "entrance":
            return str(_("Come in at the entrance"))
        case "sessions":
            return str(ngettext("Attend %(num)d session", "Attend %(num)d sessions", count))
        case "session_hours":
            return str(
                ngettext(
                    "Attend sessions for %(hours)s hour together",
                    "Attend sessions for %(hours)s hours together",
                    _plural(amount),
                    hours=number(amount),
                )
            )
        case "session":
            names = [name_of_session(programme, each) for each in condition.ids]
            return _named(
                names,
                count,
                str(_("Attend %(name)s", name=names[0])),
                str(_("Attend %(num)d of these: %(names)s", num=count, names="; ".join(names))),
            )
        case "workshop":
            names = [name_of_workshop(programme, each) for each in condition.ids]
            return _named(
                names,
                count,
                str(_("Attend the workshop %(name)s", name=names[0])),
                str(_("Attend %(num)d of these workshops: %(names)s", num=count, names="; ".join(names))),
            )
        case "stamps":
            return str(ngettext("Collect %(num)d stamp at the booths", "Collect %(num)d stamps at the booths", count))
        case "topics":
            return _of_named(
                condition,
                ngettext("Collect stamps of %(num)d topic", "Collect stamps of %(num)d different topics", count),
            )
        case "skills":
            return _of_named(condition, ngettext("Show %(num)d skill", "Show %(num)d different skills", count))
        case "on_duty":
            return str(_("Be on duty as a volunteer"))
        case "volunteer_hours":
            return str(
                ngettext(
                    "Help as a volunteer for %(hours)s hour",
                    "Help as a volunteer for %(hours)s hours",
                    _plural(amount),
                    hours=number(amount),
                )
            )
        case "feedback":
            return str(_("Tell us what you think of the festival"))
        case _:
            return str(ngettext("Stamp %(num)d visitor", "Stamp %(num)d visitors", count))


def left_of(judged: JudgedCondition) -> str:
    """How much more it takes, where that can be counted: "1 more session"; else empty."""
    condition, count = judged.condition, int(judged.left)
    if judged.met or not judged.known or (condition.at_least == 1 and not judged.have):
        return ""
    match condition.fact:
        case "sessions" | "session":
            return str(ngettext("%(num)d more session", "%(num)d more sessions", count))
        case "workshop":
            return str(ngettext("%(num)d more workshop", "%(num)d more workshops", count))
        case "session_hours" | "volunteer_hours":
            return str(
                ngettext("%(hours)s more hour", "%(hours)s more hours", _plural(judged.left), hours=number(judged.left))
            )
        case "stamps":
            return str(ngettext("%(num)d more stamp", "%(num)d more stamps", count))
        case "topics":
            return str(ngettext("%(num)d more topic", "%(num)d more topics", count))
        case "skills":
            return str(ngettext("%(num)d more skill", "%(num)d more skills", count))
        case "visitors":
            return str(ngettext("%(num)d more visitor", "%(num)d more visitors", count))
        case _:
            return ""


def words_of_need(group: Group) -> str:
    """How many of a group's nodes have to hold, as a heading over them."""
    if group.need == "any" or group.need == 1:
        return str(_("One of these:"))
    if group.needed == len(group.of):
        return str(_("All of these:"))
    return str(_("At least %(num)d of these:", num=group.need))


def words_of_members(rule: OfMembers) -> str:
    """For how many of a household's people the group has to hold."""
    if rule.at_least is None:
        return str(_("Everybody in the family:"))
    return str(
        ngettext("At least %(num)d person of the family:", "At least %(num)d people of the family:", rule.at_least)
    )


def name_of_session(programme: Programme, session_id: int) -> str:
    """What is taught and when: "VNeID (10/10, 09:00)"; a session that was removed says so."""
    session = programme.sessions.get(session_id)
    if session is None:
        return str(_("a session that is no longer in the programme"))
    return f"{session.workshop.title} ({local(session.starts_at):%d/%m, %H:%M})"


def name_of_workshop(programme: Programme, workshop_id: int) -> str:
    """The workshop's title; one that was removed says so."""
    workshop = programme.workshops.get(workshop_id)
    return workshop.title if workshop else str(_("a workshop that is no longer in the programme"))


def _plural(amount: float) -> int:
    return 1 if amount == 1 else 2


def _named(names: list[str], count: int, one: str, several: str) -> str:
    if len(names) == 1:
        return one
    if count == len(names):
        return str(_("Attend all of these: %(names)s", names="; ".join(names)))
    return several


def _of_named(condition: Condition, words: str) -> str:
    return f"{words}: {'; '.join(condition.names)}" if condition.names else str(words)
