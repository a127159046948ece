"""The registration form read aloud: every control has a role and a name, every error is said where it is."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.accessible import Control, controls_of
from tests.e2e.live import Live
from tests.e2e.registering import CONTACT, Finger, Relative, fill_in, go_on, touch

CHILD = Relative("Đỗ Bảo Ngọc", "2017")
ERASE = Control("button", "Xóa bản nháp")
SHARED = Control("checkbox", "Máy này nhiều người dùng: đừng giữ lại gì")


def test_the_head_of_every_page_names_its_switches(page: Page, live: Live) -> None:
    page.goto(live.at("/{festival}/"))
    page.locator(".appearance summary").tap()

    names = [control.name for control in controls_of(page, ".header")]
    switches = ["Cỡ chữ và độ tương phản", "Chữ thường", "Chữ lớn", "Chữ rất lớn", "Màu thường", "Tương phản cao"]
    assert names[1 : 2 + len(switches)] == ["English", *switches]


def test_the_first_step_is_read_in_order(page: Page, live: Live) -> None:
    page.goto(live.at("/{festival}/register"))

    assert [(each.role, each.name) for each in controls_of(page)] == [
        ("link", "Tìm lại vé của gia đình"),
        ("textbox", "Họ và tên của bà con"),
        ("textbox", "Số điện thoại"),
        ("textbox", "Thư điện tử (không bắt buộc)"),
        ("combobox", "Phường, xã"),
        ("checkbox", "Tôi cũng tham dự"),
        ("textbox", "Năm sinh của bà con"),
        ("textbox", "Họ và tên"),
        ("textbox", "Năm sinh"),
        ("combobox", "Quan hệ với bà con"),
        ("button", "Bỏ ra"),
        ("button", "Thêm người"),
        ("button", "Tiếp: chọn lớp"),
    ]
    expect(page.get_by_role("group", name="Người thứ 2")).to_be_visible()
    expect(page.locator("[aria-current=step]")).to_contain_text("Gia đình")


def test_each_error_is_said_at_its_field_and_in_the_summary(page: Page, live: Live) -> None:
    page.goto(live.at("/{festival}/register"))
    page.locator("#phone").fill("12")
    page.locator(".form__buttons .btn-primary").tap()

    expect(page.locator("#errors")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Mời xem lại mấy chỗ này.")
    wrong = {each.name: each.description for each in controls_of(page) if each.invalid}
    assert list(wrong) == ["Họ và tên của bà con", "Số điện thoại", "Năm sinh của bà con"]
    assert wrong["Họ và tên của bà con"] == "Lỗi: Xin cho biết họ tên."
    assert "Lỗi: Số điện thoại cần 10 chữ số" in wrong["Số điện thoại"]
    summary = [each for each in controls_of(page, "#errors") if each.role == "link"]
    assert [each.name.partition(":")[0] for each in summary] == list(wrong)


def test_the_other_steps_name_whom_and_what_each_box_is_for(page: Page, live: Live) -> None:
    page.goto(live.at("/{festival}/register"))
    finger = Finger(page)
    fill_in(finger, "0912345720", others=(CHILD,))
    go_on(finger, "workshops")
    suggested = controls_of(page, ".suggested")
    assert [each.role for each in suggested] == ["checkbox", "checkbox"]
    for each, person in zip(suggested, (CONTACT, CHILD), strict=True):
        assert each.name.startswith(f"{person.name}: ")
    for group in page.locator("fieldset.pick").all():
        title = " ".join(group.locator("legend").inner_text().split())
        assert title
        people = {each.name.partition(":")[0] for each in controls_of(page, f"#{group.get_attribute('id')}")}
        assert people == {CONTACT.name, CHILD.name}, title
    assert controls_of(page)[-2:] == [ERASE, SHARED]

    go_on(finger, "consents")
    controls = controls_of(page)
    assert controls[0].name == "Cha mẹ hoặc người giám hộ của các cháu"
    boxes = [each.name for each in controls if each.role == "checkbox"][:-1]
    assert [name.partition(" Tôi ")[0] for name in boxes[:2]] == ["Để tổ chức ngày hội", "Trẻ em"]
    assert len(boxes) == 5
    assert Control("button", "Đăng ký") in controls
    page.locator("button[value=send]").tap()
    expect(page.locator("#errors")).to_be_focused()
    assert len([each for each in controls_of(page) if each.invalid]) == 3


def test_the_waiting_for_a_network_is_announced(page: Page, live: Live) -> None:
    page.goto(live.at("/{festival}/register"))
    touch(page)
    fill_in(Finger(page), "0912345721", others=())
    page.context.set_offline(True)
    page.locator(".form__buttons .btn-primary").tap()

    said = page.get_by_role("status").filter(has_text="Mất mạng.")
    expect(said).to_contain_text("Những gì bà con đã nhập vẫn còn trên máy này; có mạng sẽ gửi tiếp.")


def test_people_are_added_and_taken_out_by_keyboard(page: Page, live: Live) -> None:
    page.goto(live.at("/{festival}/register"))
    touch(page)
    page.locator("#members-0-name").fill("Đỗ Văn Hùng")
    page.locator("button[value=add]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#members-1-name")).to_be_focused()
    page.keyboard.type("Do Minh Anh")
    for _field in range(3):
        page.keyboard.press("Tab")
    expect(page.locator("button[value=remove-1]")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("#members-1-name")).to_have_count(0)
    expect(page.locator("#members-0-name")).to_be_focused()
