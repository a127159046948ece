"""Zalo's notification service (ZNS): a text that Zalo has approved, with our words in it, to a phone's Zalo account.

`POST /message/template` with the header `access_token` and JSON: `phone` (84…), `template_id`, `template_data`,
`tracking_id`. The status is 200 also for refusals; `error` in the answer is 0, or one of the codes below.
Source: developers.zalo.me, "ZNS: gửi thông báo" and "Bảng mã lỗi"; zalo.cloud/zns/guidelines/handle-error-code.
"""

from __future__ import annotations

import json
from datetime import timedelta

from festival.core.clock import now
from festival.core.text import tidy
from festival.messages.quiet_hours import not_at_night
from festival.messages.sms import SmsAnswer, SmsOutcome, Template
from festival.messages.sms.calling import Answer, call
from festival.messages.sms.zalo_keys import Keys, KeyState, current_keys
from festival.sms_settings import ZaloSettings

LONGEST_VALUE = 200
"""What a template takes for one value at most; most of its fields take less, and the template says so."""

TOKEN_INVALID = -124
NIGHT = -133
WAIT_FOR_OPERATOR = frozenset({-115, -117, -120, -125, -131, -135, -136, -137, -138, -145, -146})
"""No money left; template not approved, switched off or not ours; account not allowed to: the operator can mend it."""

TOMORROW = frozenset({-144, -147})
"""So many a day: of the account, of the template."""

TRY_AGAIN = frozenset({-100})

WAITS = {
    KeyState.BUSY: timedelta(seconds=10),
    KeyState.TROUBLE: timedelta(minutes=2),
    KeyState.VOID: timedelta(minutes=15),
    KeyState.MISSING: timedelta(minutes=15),
}


class ZaloGateway:
    """Sends by the templates that the settings name."""

    free_text = False

    def __init__(self, settings: ZaloSettings, timeout: float) -> None:
        self._settings = settings
        self._timeout = timeout

    def ready(self) -> str:
        """Why there is no valid key just now; empty when there is one."""
        return self._keys().reason

    def knows(self, kind: str) -> bool:
        """Whether a template is approved for it."""
        return kind in self._settings.templates

    def send(self, to: str, text: str, template: Template) -> SmsAnswer:
        """Hand one message over; with a key that has ended, once more with a new one."""
        number = self._settings.templates.get(template.kind)
        if number is None:
            return SmsAnswer(SmsOutcome.REFUSED, f"no template for “{template.kind}”")
        body: dict[str, object] = {
            "phone": to.removeprefix("+"),
            "template_id": number,
            "template_data": {name: tidy(value)[:LONGEST_VALUE] for name, value in template.fields.items()},
            "tracking_id": f"festival-{template.id}",
        }
        keys = self._keys()
        answer = self._call(body, keys)
        if answer and answer.content.get("error") == TOKEN_INVALID:
            keys = self._keys(refused=keys.access_token)
            answer = self._call(body, keys)
        if answer is None:
            return SmsAnswer(SmsOutcome.NOT_NOW, keys.reason, WAITS[keys.state])
        return _judge(answer)

    def _keys(self, refused: str = "") -> Keys:
        return current_keys(self._settings, self._timeout, refused)

    def _call(self, body: dict[str, object], keys: Keys) -> Answer | None:
        """None without a key."""
        if keys.state is not KeyState.READY:
            return None
        headers = {"access_token": keys.access_token, "Content-Type": "application/json; charset=utf-8"}
        return call("POST", self._settings.send_url, json.dumps(body).encode(), headers, self._timeout)


def _judge(answer: Answer) -> SmsAnswer:
    error = answer.content.get("error")
    reason = f"Zalo {error}: {tidy(str(answer.content.get('message', '')))}"[:200]
    if answer.status == 0:
        return SmsAnswer(SmsOutcome.LATER, f"no answer from Zalo: {answer.trouble}")
    if answer.status == 429:
        return SmsAnswer(SmsOutcome.NOT_NOW, "429 from Zalo", timedelta(seconds=min(max(answer.retry_after, 60), 3600)))
    if not isinstance(error, int):
        return SmsAnswer(SmsOutcome.LATER, f"{answer.status} from Zalo")
    if error == 0:
        return SmsAnswer(SmsOutcome.TAKEN)
    if error in TRY_AGAIN:
        return SmsAnswer(SmsOutcome.LATER, reason)
    if error == NIGHT:
        at = now()
        return SmsAnswer(SmsOutcome.NOT_NOW, reason, max(not_at_night(at) - at, timedelta(minutes=30)))
    if error in TOMORROW:
        return SmsAnswer(SmsOutcome.NOT_NOW, reason, timedelta(hours=6))
    if error == TOKEN_INVALID or error in WAIT_FOR_OPERATOR:
        return SmsAnswer(SmsOutcome.NOT_NOW, reason, timedelta(minutes=15))
    return SmsAnswer(SmsOutcome.REFUSED, reason)
