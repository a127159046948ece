"""The main job in one line, in a real browser, in Vietnamese: a workbook becomes a festival, a family registers
on a small phone, the door's camera reads their code as the page shows it, and they print a certificate.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from pyzbar import pyzbar

from festival import create_app
from festival.accounts.models import Organization, StaffRole
from festival.accounts.staff import give_role, make_user
from festival.certificates.layout import render_whole
from festival.certificates.models import Certificate
from festival.certificates.sheets import text_of
from festival.config import ROOT
from festival.core.clock import today
from festival.extensions import db
from festival.programme.wards import ensure_wards
from tests.conftest import PASSWORD, make_settings
from tests.e2e.camera import PHONE, launch_options, video_of
from tests.e2e.server import serving
from tests.postgres import _free_port
from tests.tables import make_tables

TEMPLATE = ROOT / "festival" / "programme" / "reference" / "programme.xlsx"
EMAIL = "can-bo@festival.example"
FAMILY = (("Trần Thị Thuỳ Dương", 1958), ("Đỗ Văn Ước", 1984), ("Đỗ Thị Bưởi", 1986), ("Đỗ Khánh An", 2016))


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """An installation with nothing but wards and one organizer; its own address."""
    address = f"http://127.0.0.1:{_free_port()}"
    app = create_app(make_settings(tmp_path, public_url=address))
    with app.app_context():
        make_tables()
        ensure_wards()
        home = Organization(name="UBND phường Hai Bà Trưng", ward_code="00256")
        db.session.add(home)
        db.session.flush()
        give_role(make_user(EMAIL, "Cán bộ thử", PASSWORD), home, StaffRole.OWNER)
        db.session.commit()
        db.session.remove()
    with serving(app), app.app_context():
        yield address
        db.session.remove()


def workbook_for_today(folder: Path) -> Path:
    """The template as a ward office sends it, with its day moved: open today and tomorrow, classes tomorrow."""
    book = openpyxl.load_workbook(TEMPLATE)
    facts = book["Thông tin chung"]
    for row in facts.iter_rows(max_col=2):
        if row[0].value == "Ngày":
            row[1].value = today()
    facts.append(["Ngày kết thúc", today() + timedelta(days=1)])
    for row in book["Lớp học"].iter_rows(min_row=2, min_col=5, max_col=5):
        row[0].value = today() + timedelta(days=1)
    path = folder / "chuong-trinh.xlsx"
    book.save(path)
    return path


def sign_in_and_import(page: Page, address: str, workbook: Path) -> str:
    """The organizer's part up to the published festival; gives its slug."""
    page.goto(f"{address}/manage/import")
    page.locator("input[type=email]").fill(EMAIL)
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Đăng nhập").click()
    page.locator("input[type=file]").set_input_files(workbook)
    page.get_by_role("main").locator("button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("40")
    expect(page.locator("main")).to_contain_text("41")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/manage/ngay-hoi-"))
    slug = page.url.split("/manage/")[1].split("/")[0]
    page.goto(f"{address}/manage/{slug}/publish")
    page.get_by_role("main").get_by_role("button").first.click()
    return slug


def register_family(page: Page, address: str, slug: str) -> str:
    """A grandmother registers four people and one class; gives the address of the family's page."""
    page.goto(f"{address}/{slug}/")
    page.get_by_role("link", name="Đăng ký cho cả nhà").first.click()
    page.get_by_label("Họ và tên của bà con").fill(FAMILY[0][0])
    page.get_by_label("Số điện thoại").fill("0912 345 678")
    page.get_by_label("Năm sinh của bà con").fill(str(FAMILY[0][1]))
    for place, (name, born) in enumerate(FAMILY[1:]):
        if place:
            page.get_by_role("button", name="Thêm người").click()
        page.locator(f"#members-{place}-name").fill(name)
        page.locator(f"#members-{place}-birth_year").fill(str(born))
    page.get_by_role("button", name="Tiếp: chọn lớp").click()
    robots = page.locator("fieldset.pick", has_text="Robot dò đường").first
    robots.get_by_label("Đỗ Khánh An").check()
    page.get_by_role("button", name="Tiếp: đồng ý").click()
    for box in ("taking_part", "children", "childrens_own"):
        page.locator(f"#consent_{box}").check()
    page.get_by_role("main").get_by_role("button", name="Đăng ký", exact=True).click()
    expect(page.locator("main")).to_contain_text("Xong rồi! Đây là vé của gia đình mình.")
    return page.url


def pairing_address(page: Page, address: str, slug: str, folder: Path) -> str:
    """The organizer makes the entrance and a pairing code; what its QR says, read by a decoder that is not ours."""
    page.goto(f"{address}/manage/{slug}/door")
    page.locator("input[name=name]").fill("Cổng chính")
    page.get_by_role("button", name="Thêm lối vào").click()
    page.goto(f"{address}/manage/{slug}/door/pair")
    page.locator("input[type=text]").first.fill("Cửa A")
    page.get_by_role("main").locator("button[type=submit]").last.click()
    page.locator(".pairing-code svg").screenshot(path=folder / "pairing.png")
    (found,) = pyzbar.decode(Image.open(folder / "pairing.png"))
    return str(found.data.decode())


def pair_phone(context: BrowserContext, invitation: str) -> Page:
    page = context.new_page()
    page.goto(invitation)
    page.locator("main input[type=text]").fill("Bạn Lan")
    page.get_by_role("main").locator("button[type=submit]").click()
    page.wait_for_url("**/door/")
    return page


def scan(page: Page) -> None:
    page.locator("#start").click()
    expect(page.locator("#verdict")).to_be_visible(timeout=15_000)


def pages_of(pdf: Path) -> Image.Image:
    """The first page in grey at 100 dpi."""
    subprocess.run(["pdftoppm", "-r", "100", "-png", "-gray", "-singlefile", pdf, pdf.with_suffix("")], check=True)
    return Image.open(pdf.with_suffix(".png"))


def check_certificate(page: Page, family: str, folder: Path) -> str:
    """One member opens the certificate: right pixels, a QR that others can read. Gives the verification address."""
    page.goto(family)
    page.get_by_role("link", name=re.compile("Chứng nhận.*" + FAMILY[1][0])).click()
    page.get_by_role("button", name="Nhận chứng nhận").click()
    answer = page.context.request.get(page.url)
    assert answer.headers["content-type"] == "application/pdf"
    pdf = folder / "certificate.pdf"
    pdf.write_bytes(answer.body())
    subprocess.run(["qpdf", "--check", pdf], check=True, capture_output=True)
    shown = pages_of(pdf)
    db.session.rollback()
    issued = db.session.query(Certificate).one()
    whole = folder / "whole.pdf"
    whole.write_bytes(render_whole(text_of(issued)))
    difference = ImageStat.Stat(ImageChops.difference(shown, pages_of(whole))).mean[0]
    assert difference < 0.5, "the page drawn fast is the page WeasyPrint lays out whole"
    assert ImageStat.Stat(shown).mean[0] < 254, "and it is not an empty one"
    subprocess.run(["pdftoppm", "-r", "200", "-png", "-singlefile", pdf, folder / "large"], check=True)
    (code,) = pyzbar.decode(Image.open(folder / "large.png"))
    return str(code.data.decode())


def test_from_the_workbook_to_the_certificate(address: str, playwright: Playwright, tmp_path: Path) -> None:
    office = playwright.chromium.launch(**launch_options())
    desk = office.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN").new_page()
    slug = sign_in_and_import(desk, address, workbook_for_today(tmp_path))
    home = office.new_context(**PHONE).new_page()
    family = register_family(home, address, slug)

    # The first ticket is the family's pass; the camera sees one person's ticket as the phone's screen shows it.
    tickets = home.locator("svg.qr")
    expect(tickets).to_have_count(5)
    tickets.nth(2).screenshot(path=tmp_path / "ticket.png", scale="css")
    invitation = pairing_address(desk, address, slug, tmp_path)
    volunteer: Browser = playwright.chromium.launch(
        **launch_options(video_of(tmp_path / "ticket.png", tmp_path / "camera.y4m"))
    )
    phone = pair_phone(volunteer.new_context(**PHONE), invitation)
    scan(phone)
    expect(phone.locator("#verdict-word")).to_have_text("Mời vào!")
    expect(phone.locator("#verdict-name")).to_have_text(FAMILY[1][0])
    phone.reload()
    scan(phone)
    expect(phone.locator("#verdict-word")).to_have_text("Vé này đã vào")
    assert re.search(r"\d\d:\d\d, [Cc]ửa A", phone.locator("#verdict-first").inner_text())
    volunteer.close()

    verify = check_certificate(home, family, tmp_path)
    assert verify.lower().startswith(f"{address}/c/")
    home.goto(verify)
    expect(home.locator("main")).to_contain_text("Đ* V** Ước")
    expect(home.locator("main")).not_to_contain_text(FAMILY[1][0])
    desk.goto(f"{address}/manage/{slug}/")
    expect(desk.locator(".figures")).to_contain_text("4")
    office.close()
