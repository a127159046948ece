"""Until when a request about somebody's own data has to be answered and done.

Nghị định 356/2025/NĐ-CP, article 5, to Luật 91/2025/QH15: an answer within 2 working days, with how it goes on; then
- restricting or stopping the use, and taking a consent back: 15 days,
- seeing, getting and correcting: 10 days,
- deleting: 20 days.
The decree lets the second clock be put off once, for a stated reason that the family is told: here by as many days
again, and only before it has run out. Days are calendar days, the
day of the request is not counted, and a last day on a weekend stays where it is: earlier than the law would have it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, timedelta

from festival.core.clock import local
from festival.privacy.models import RequestKind, SubjectRequest
from festival.privacy.working_days import working_days_after

ANSWERED_WITHIN = 2
"""Working days."""

DONE_WITHIN = {
    RequestKind.SEE: 10,
    RequestKind.CORRECT: 10,
    RequestKind.RESTRICT: 15,
    RequestKind.DELETE: 20,
}
"""Days."""


class Stage(enum.Enum):
    """What a request waits for: NEW for an answer, ANSWERED for being done; DONE waits for nothing."""

    NEW = "new"
    ANSWERED = "answered"
    DONE = "done"


@dataclass(frozen=True)
class Clocks:
    """A request's stage, the days by which it must be answered and done, whether the next of them is past, and until
    when the second one may be put off (None: not, or not any more)."""

    stage: Stage
    answer_by: date
    done_by: date
    overdue: bool
    may_put_off_to: date | None = None

    @property
    def next_by(self) -> date:
        """The day that counts now: nobody reads the second one before the first is met."""
        return min(self.answer_by, self.done_by) if self.stage is Stage.NEW else self.done_by


def clocks_of(request: SubjectRequest, today: date) -> Clocks:
    """The clocks of a request as they stand on that day."""
    received = local(request.received_at).date()
    answer_by = working_days_after(received, ANSWERED_WITHIN)
    days = timedelta(days=DONE_WITHIN[request.kind])
    done_by = received + days
    may_put_off = request.put_off_at is None and request.done_at is None and today <= done_by
    put_off_to = done_by + days
    if request.put_off_at is not None:
        done_by = put_off_to
    if request.done_at is not None:
        stage = Stage.DONE
    else:
        stage = Stage.NEW if request.acknowledged_at is None else Stage.ANSWERED
    due = {Stage.NEW: min(answer_by, done_by), Stage.ANSWERED: done_by}.get(stage)
    return Clocks(stage, answer_by, done_by, due is not None and today > due, put_off_to if may_put_off else None)
