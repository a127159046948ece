"""Every component on one page, `/manage/look`: to be looked at while building, with content that tries to break it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, render_template, request
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput

from festival.config import ROOT
from festival.core.clock import now
from festival.core.forms import BaseForm
from festival.core.paging import Page

bp = Blueprint("look", __name__)


class ExampleForm(BaseForm):
    """One field of every kind."""

    name = StringField("Họ và tên", validators=[InputRequired()])
    phone = StringField("Số điện thoại", validators=[InputRequired()])
    year = IntegerField("Năm sinh")
    relation = SelectField("Là gì trong nhà", choices=[SelectChoice("self", "Chính tôi"), SelectChoice("child", "Con")])
    about = TextAreaField("Lời nhắn cho ban tổ chức")
    language = RadioField("Ngôn ngữ", choices=[SelectChoice("vi", "Tiếng Việt"), SelectChoice("en", "English")])
    topics = SelectMultipleField(
        "Quan tâm",
        choices=[SelectChoice("a", "An toàn số"), SelectChoice("b", "Định danh số")],
        option_widget=CheckboxInput(),
    )
    consent = BooleanField("Đồng ý nhận tin nhắn về ngày hội năm sau")


@dataclass(frozen=True)
class _Workshop:
    title: str
    audience: str


@dataclass(frozen=True)
class _Session:
    workshop: _Workshop
    room: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    seats_left: int


@dataclass(frozen=True)
class _Booth:
    code: str
    name: str
    topic: str
    host_name: str


@bp.get("/manage/look")
def index() -> str:
    """The page; `?face=manage` shows it with another face's stylesheet. Registered in development and tests only."""
    face = request.args.get("face", "public")
    start = now().replace(minute=0, second=0, microsecond=0)
    titles = (
        ("VNeID từ A đến Z", "Mọi người", 12),
        ("Lần đầu dùng điện thoại thông minh: gọi video, nhắn tin, gửi ảnh cho con cháu ở xa", "Người cao tuổi", 2),
        ("Robots that follow a line", "Thiếu nhi", 0),
    )
    sessions = [
        _Session(_Workshop(title, audience), "Phòng 101", start, start + timedelta(minutes=45), 30, left)
        for title, audience, left in titles
    ]
    booths = [
        _Booth("A01", "Kích hoạt định danh điện tử mức 2 VNeID", "Định danh số", "Công an phường"),
        _Booth("HÀNHLANG-12", "AI", "Trí tuệ nhân tạo", "Ngân hàng chính sách (phòng giao dịch) và Đoàn Thanh niên"),
    ]
    form = ExampleForm(formdata=None, meta={"csrf": False}, name="Nguyễn Văn A", phone="012345")
    form.phone.errors = ["Số điện thoại cần 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09."]
    form.language.errors = ["Xin chọn một ngôn ngữ."]
    sprite = (ROOT / "static" / "images" / "icons.svg").read_text(encoding="utf-8")
    return render_template(
        "look.html",
        face_shown=face if face in ("public", "manage", "door") else "public",
        form=form,
        sessions=sessions,
        booths=booths,
        page=Page(rows=booths, number=7, total=612),
        icons=re.findall(r'symbol id="([a-z]+)"', sprite),
    )
