"""The waiting list said anew and simply, without a database: what must come of every change. For the property tests.

People are numbers; a household is a number, its people a set. Everything the page promises stands here once, as a
family would say it; the tests hold the real one to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from festival.registration.answer_times import answer_by

People = frozenset[int]


@dataclass
class Waiting:
    """A household in the line."""

    since: datetime
    household: int
    people: People


@dataclass
class Offer:
    """Seats that are kept for a household until a moment."""

    people: People
    until: datetime


@dataclass
class Class:
    """One session: who sits, who was offered seats, who waits."""

    starts_at: datetime
    capacity: int
    seated: dict[int, People] = field(default_factory=dict)
    offered: dict[int, Offer] = field(default_factory=dict)
    line: list[Waiting] = field(default_factory=list)

    def taken(self) -> int:
        offered = [offer.people for offer in self.offered.values()]
        return sum(map(len, [*self.seated.values(), *offered]))

    def free(self) -> int:
        return self.capacity - self.taken()

    def waiting(self, household: int) -> People:
        return next((one.people for one in self.line if one.household == household), frozenset())

    def standing(self, household: int) -> People:
        offer = self.offered.get(household)
        seated = self.seated.get(household, frozenset())
        return seated | (offer.people if offer else frozenset()) | self.waiting(household)

    def leave_line(self, household: int) -> None:
        self.line = [one for one in self.line if one.household != household]

    def settle(self, at: datetime) -> None:
        """Offers that are over are gone; what is free is offered to the first that fits, and then to the next."""
        over = self.starts_at <= at
        self.offered = {who: offer for who, offer in self.offered.items() if offer.until > at and not over}
        until = answer_by(at, self.starts_at)
        if until is None:
            return
        for one in sorted(self.line, key=lambda one: (one.since, one.household)):
            if len(one.people) <= self.free():
                self.leave_line(one.household)
                self.offered[one.household] = Offer(one.people, until)

    def take_out(self, household: int, people: People) -> None:
        """These people neither sit nor wait here any more; the others keep what they have, and their place."""
        seated = self.seated.pop(household, frozenset()) - people
        if seated:
            self.seated[household] = seated
        if household in self.offered:
            offer = self.offered[household]
            offer.people -= people
            if not offer.people:
                del self.offered[household]
        for one in self.line:
            if one.household == household:
                one.people -= people
        self.line = [one for one in self.line if one.people]

    def ask(self, household: int, new: People, at: datetime) -> bool:
        """Seats for all, or the end of the line for all; False while an offer waits for an answer."""
        if household in self.offered or self.starts_at <= at:
            return False
        together = self.waiting(household) | new
        fits = len(together) <= self.free()
        self.leave_line(household)
        if fits:
            self.seated[household] = self.seated.get(household, frozenset()) | together
        else:
            self.line.append(Waiting(at, household, together))
        return True

    def accept(self, household: int, at: datetime) -> bool:
        self.settle_if_over(household, at)
        if household not in self.offered:
            return False
        people = self.offered.pop(household).people
        self.seated[household] = self.seated.get(household, frozenset()) | people
        return True

    def settle_if_over(self, household: int, at: datetime) -> None:
        offer = self.offered.get(household)
        if offer and (offer.until <= at or self.starts_at <= at):
            self.settle(at)

    def shown(self) -> tuple[object, ...]:
        """All of it, to be compared with what the database says."""
        line = sorted(self.line, key=lambda one: (one.since, one.household))
        return (
            {who: people for who, people in self.seated.items() if people},
            {who: (offer.people, offer.until) for who, offer in self.offered.items()},
            [(one.household, one.people) for one in line],
        )


LONG = timedelta(hours=40)
"""No time to answer is longer, nights included."""
