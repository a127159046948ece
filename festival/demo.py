"""A realistic festival for `make run`: a whole programme, 600 households, some of them already inside.

The people are made up: names are drawn from common parts. The festival takes place today and tomorrow, so that the door
can be tried at once; its sessions are tomorrow, so that they can be booked.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import func, select

from festival.accounts.models import Organization, StaffRole, User
from festival.accounts.staff import give_role, make_password, make_user, set_password
from festival.certificates.issuing import issue
from festival.consents.models import Purpose
from festival.core.clock import now, today
from festival.core.secrets import random_token
from festival.demo_certificates import give_designs
from festival.demo_door import open_doors
from festival.extensions import db
from festival.programme.importing import apply_reading
from festival.programme.models import Festival, Session, Ward
from festival.programme.reading import ProgrammeReading
from festival.programme.setting_up import make_festival, publish
from festival.programme.wards import ensure_wards, known_codes
from festival.programme.workbook import read_workbook
from festival.registration.models import Relation
from festival.registration.signing_up import Household, Member, sign_up

WORKBOOK = Path(__file__).parent / "programme" / "reference" / "programme.xlsx"
HOUSEHOLDS = 600
ACCOUNTS = (
    ("organizer@festival.example", "Cán bộ tổ chức", StaffRole.OWNER),
    ("door@festival.example", "Phụ trách cửa", StaffRole.DOOR_MANAGER),
    ("observer@festival.example", "Lãnh đạo theo dõi", StaffRole.OBSERVER),
)


def _words(text: str) -> list[str]:
    return text.split()


FAMILY_NAMES = _words(
    "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh Mai Tạ Cao Lương Hà Đoàn"
)
MIDDLE_WOMEN = _words("Thị Thị Thị Thu Minh Ngọc Thanh Kim Bích Phương Hồng Thuỳ Diệu Khánh")
MIDDLE_MEN = _words("Văn Văn Văn Đức Minh Quốc Hữu Công Xuân Đình Thanh Gia Trọng Anh")
GIVEN_WOMEN = _words(
    "Hoa Lan Hương Mai Hạnh Dung Thảo Trang Linh Ngân Yến Oanh Phượng Loan Nhung Hiền Thuỷ Vân Quỳnh Ước Châu My"
)
GIVEN_MEN = _words(
    "Hùng Dũng Nam Sơn Hải Long Tuấn Thắng Quân Khôi Bảo Phúc Lộc Thọ Đạt Kiên Toàn Vinh Nghĩa Tín Đông Ân"
)


@dataclass(frozen=True)
class _Person:
    name: str
    woman: bool
    born: int


class _Crowd:
    """Draws households; the same seed draws the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311
        self.year = today().year

    def person(self, age: tuple[int, int], family: str | None = None) -> _Person:
        draw = self.random
        woman = draw.random() < 0.52
        middle = draw.choice(MIDDLE_WOMEN if woman else MIDDLE_MEN)
        given = draw.choice(GIVEN_WOMEN if woman else GIVEN_MEN)
        return _Person(f"{family or draw.choice(FAMILY_NAMES)} {middle} {given}", woman, self.year - draw.randint(*age))

    def household(self, wards: list[str], sessions: list[Session], number: int) -> Household:
        draw = self.random
        contact = self.person((22, 74))
        members = [self._member(contact, Relation.SELF, sessions)]
        family = contact.name.split()[0]
        age = self.year - contact.born
        if draw.random() < 0.45:
            members.append(self._member(self.person((age - 4, age + 4)), Relation.SPOUSE, sessions))
        if age < 50:
            for _child in range(draw.choice((0, 0, 1, 1, 2, 2, 3))):
                child = self.person((5, max(6, min(20, age - 20))), family)
                members.append(self._member(child, Relation.CHILD, sessions))
        elif draw.random() < 0.4:
            members.append(self._member(self.person((6, 15), family), Relation.GRANDCHILD, sessions))
        if age < 55 and draw.random() < 0.2:
            members.append(self._member(self.person((age + 20, age + 35)), Relation.PARENT, sessions))
        return Household(
            submission=random_token(),
            contact_name=contact.name,
            phone=f"+84{draw.choice(('90', '91', '97', '98', '35', '70', '83', '56'))}{draw.randrange(10**7):07}",
            email=f"gia-dinh-{number}@festival.example" if draw.random() < 0.3 else None,
            ward_code=draw.choice(wards) if wards else None,
            members=members,
            consents={
                Purpose.TAKING_PART: True,
                Purpose.REMINDERS: draw.random() < 0.8,
                Purpose.PHOTOS: draw.random() < 0.5,
            },
        )

    def _member(self, person: _Person, relation: Relation, sessions: list[Session]) -> Member:
        wished: list[Session] = []
        for session in self.random.sample(sessions, k=min(len(sessions), self.random.choice((0, 0, 1, 1, 1, 2)))):
            if not any(session.overlaps(other) for other in wished):
                wished.append(session)
        return Member(person.name, person.born, relation, frozenset(session.id for session in wished))


def moved_to_now(reading: ProgrammeReading) -> ProgrammeReading:
    """The programme with its day moved: open today and tomorrow, sessions tomorrow."""
    tomorrow = today() + timedelta(days=1)
    facts = replace(
        reading.facts, first_day=today(), last_day=tomorrow, name=f"Ngày hội toàn dân học tập số {tomorrow.year}"
    )
    return replace(reading, facts=facts, sessions=tuple(replace(row, day=tomorrow) for row in reading.sessions))


def make_demo(households: int = HOUSEHOLDS, seed: int = 1010) -> Festival:
    """A published festival with people in it, in the current transaction."""
    ensure_wards()
    reading = moved_to_now(read_workbook(WORKBOOK, known_codes()))
    name = str(reading.facts.organizer_name)
    organization = db.session.scalar(select(Organization).where(Organization.name == name))
    if organization is None:
        organization = Organization(name=name, ward_code=reading.facts.ward_code)
        db.session.add(organization)
        db.session.flush()
    festival = make_festival(organization, reading.facts)
    festival.about = (
        "Bà con đến để được cầm tay chỉ việc: cài VNeID, nộp hồ sơ trực tuyến, thanh toán an toàn, "
        "nhận ra lừa đảo trên mạng, gọi video cho con cháu.\nVào cửa tự do, không thu phí. Ai cũng học được."
    )
    festival.address = "Số 1 đường Thử Nghiệm"
    festival.contact_phone = "+842400000000"
    apply_reading(reading, festival)
    festival.capacity *= 2  # room for whoever tries it out
    publish(festival)
    db.session.flush()
    give_designs(festival)
    _register(festival, households, _Crowd(seed))
    for place, family in enumerate(open_doors(festival, random.Random(seed))):  # noqa: S311
        if place % 5 == 0:
            for attendee in family.attendees:
                issue(attendee)
    return festival


def _register(festival: Festival, households: int, crowd: _Crowd) -> None:
    wards: list[str] = []
    if ward := db.session.get(Ward, festival.ward_code or ""):
        near = select(Ward.code).where(Ward.province_code == ward.province_code).limit(6)
        wards = [ward.code] * 12 + list(db.session.scalars(near))
    sessions = list(db.session.scalars(select(Session).where(Session.festival_id == festival.id)))
    for number in range(households):
        if number % 100 == 0:
            click.echo(f"  {number} of {households} households", err=True)
        open_ones = [session for session in sessions if session.seats_left > 3]
        household = crowd.household(wards, open_ones, number)
        result = sign_up(festival, household)
        if result.registration is not None:  # the first ones came three weeks ago
            result.registration.created_at = now() - timedelta(days=21) * (1 - number / households)
        if number % 10 == 0:
            for session in sessions:
                db.session.refresh(session, ["seats_taken"])


def add_commands(group: AppGroup) -> None:
    """`festival demo`"""
    group.add_command(demo)


@click.command("demo")
@click.option("--if-empty", is_flag=True, help="Only when there is no festival yet.")
@click.option("--households", default=HOUSEHOLDS, show_default=True)
def demo(if_empty: bool, households: int) -> None:
    """Load a demo festival that takes place today and tomorrow, and print the sign-ins."""
    if if_empty and (last := db.session.scalar(select(func.max(Festival.last_day)))) is not None:
        if last < today():
            click.echo(f"  Every festival here is over (the last one was on {last:%d/%m/%Y}).")
            click.echo(f"  A new demo, today and tomorrow: {_command('demo')}")
        return
    click.echo("Loading the demo festival …", err=True)
    festival = make_demo(households)
    organization = db.session.get_one(Organization, festival.organization_id)
    lines = []
    for email, name, role in ACCOUNTS:
        password = make_password()
        if (user := db.session.scalar(select(User).where(User.email == email))) is not None:
            set_password(user, password)
        else:
            user = make_user(email, name, password)
        give_role(user, organization, role)
        lines.append(f"    {role.value:<13} {email:<28} {password}")
    db.session.commit()
    click.echo(f"\n  The demo festival: {festival.name}, today and tomorrow (/{festival.slug}/).\n  Sign-ins:\n")
    click.echo("\n".join(lines))
    click.echo(f"\n  Shown only now. A new password: {_command('staff password EMAIL')}\n")


def _command(words: str) -> str:
    """The command as it is typed in this installation's top folder."""
    data = current_app.extensions["settings"].data
    return f"FESTIVAL_DATA={data} .venv/bin/flask --app wsgi festival {words}"
