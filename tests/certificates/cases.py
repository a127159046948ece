"""Rules, and what each of the five people of `world.py` is told by them: everybody, with exceptions by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

DONE = "Everything for the certificate is done."
ENTRANCE = {"fact": "entrance"}
_TWO = "At least 2 of these: Come in at the entrance / Attend 1 session / Collect 3 stamps at the booths."
_EITHER = "One of these: Attend 1 session / Collect 1 stamp at the booths."


@dataclass(frozen=True)
class Case:
    """A rule, what everybody is told who is not named, and what those are told who are."""

    rule: dict[str, Any]
    told: str
    others: dict[str, str] = field(default_factory=dict)

    def to(self, who: str) -> str:
        """What that person is told."""
        return self.others.get(who, self.told)


TABLE = {
    "let in": Case(
        {"need": "all", "of": [ENTRANCE]},
        "0 of 1 done. Still to do: Come in at the entrance.",
        {"visitor": DONE, "learner": DONE, "collector": DONE},
    ),
    "three sessions": Case(
        {"need": "all", "of": [{"fact": "sessions", "at_least": 3}]},
        "0 of 3 done. Still to do: 3 more sessions.",
        {"learner": "2 of 3 done. Still to do: 1 more session."},
    ),
    "two hours": Case(
        {"need": "all", "of": [{"fact": "session_hours", "at_least": 2}]},
        "0 of 2 done. Still to do: 2 more hours.",
        {"learner": DONE},
    ),
    "two and a half hours": Case(
        {"need": "all", "of": [{"fact": "session_hours", "at_least": 2.5}]},
        "0 of 2.5 done. Still to do: 2.5 more hours.",
        {"learner": "2 of 2.5 done. Still to do: 0.5 more hours."},
    ),
    "let in, two stamps, a session": Case(
        {"need": "all", "of": [ENTRANCE, {"fact": "stamps", "at_least": 2}, {"fact": "sessions"}]},
        "0 of 3 done. Still to do: Come in at the entrance; 2 more stamps; Attend 1 session.",
        {
            "visitor": "1 of 3 done. Still to do: 2 more stamps; Attend 1 session.",
            "learner": "2 of 3 done. Still to do: 2 more stamps.",
            "collector": "2 of 3 done. Still to do: Attend 1 session.",
        },
    ),
    "two topics": Case(
        {"need": "all", "of": [{"fact": "topics", "at_least": 2}]},
        "0 of 2 done. Still to do: 2 more topics.",
        {"collector": DONE},
    ),
    "a topic that is named": Case(
        {"need": "all", "of": [{"fact": "topics", "names": ["Định danh"], "at_least": 1}]},
        "0 of 1 done. Still to do: Collect stamps of 1 topic: Định danh.",
        {"collector": DONE},
    ),
    "three skills": Case(
        {"need": "all", "of": [{"fact": "skills", "at_least": 3}]},
        "0 of 3 done. Still to do: 3 more skills.",
        {"collector": "2 of 3 done. Still to do: 1 more skill."},
    ),
    "skills that are named": Case(
        {"need": "all", "of": [{"fact": "skills", "names": ["Đổi mật khẩu", "Mở VNeID"], "at_least": 2}]},
        "0 of 2 done. Still to do: 2 more skills.",
        {"collector": "1 of 2 done. Still to do: 1 more skill."},
    ),
    "a session or stamps": Case(
        {"need": "any", "of": [{"fact": "sessions"}, {"fact": "stamps", "at_least": 3}]},
        "0 of 1 done. Still to do: One of these: Attend 1 session / Collect 3 stamps at the booths.",
        {"learner": DONE, "collector": DONE},
    ),
    "two of three": Case(
        {"need": 2, "of": [ENTRANCE, {"fact": "sessions"}, {"fact": "stamps", "at_least": 3}]},
        "0 of 2 done. Still to do: " + _TWO,
        {
            "visitor": "1 of 2 done. Still to do: " + _TWO,
            "learner": DONE,
            "collector": DONE,
        },
    ),
    "let in, and one of two": Case(
        {"need": "all", "of": [ENTRANCE, {"need": "any", "of": [{"fact": "sessions"}, {"fact": "stamps"}]}]},
        "0 of 2 done. Still to do: Come in at the entrance; " + _EITHER,
        {
            "visitor": "1 of 2 done. Still to do: " + _EITHER,
            "learner": DONE,
            "collector": DONE,
        },
    ),
    "helping for hours, which nobody records yet": Case(
        {"need": "all", "of": [{"fact": "volunteer_hours", "at_least": 4}]},
        "0 of 4 done. Still to do: Help as a volunteer for 4 hours.",
    ),
    "feedback, which nobody collects yet, or let in": Case(
        {"need": "any", "of": [{"fact": "feedback"}, ENTRANCE]},
        "0 of 1 done. Still to do: One of these: Tell us what you think of the festival / Come in at the entrance.",
        {"visitor": DONE, "learner": DONE, "collector": DONE},
    ),
    "on duty": Case(
        {"need": "all", "of": [{"fact": "on_duty"}]},
        "0 of 1 done. Still to do: Be on duty as a volunteer.",
        {"helper": DONE},
    ),
}
