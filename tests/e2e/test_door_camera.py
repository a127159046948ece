"""The scanner's camera: zoom, light and the choice of a camera, each only where the phone can do it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.test_door_options import House, house, phone  # noqa: F401 - fixtures

TORCH = """() => {
  const able = MediaStreamTrack.prototype.getCapabilities;
  window.light = [];
  MediaStreamTrack.prototype.getCapabilities = function () { return { ...able.call(this), torch: true }; };
  MediaStreamTrack.prototype.applyConstraints = async ({ advanced: [{ torch }] }) => {
    if (window.broken) throw new DOMException("no", "NotReadableError");
    window.light.push(torch);
  };
}"""
TWO_CAMERAS = """() => {
  const kind = "videoinput";
  const all = [{ kind, deviceId: "back", label: "Back" }, { kind, deviceId: "front", label: "Front" }];
  const media = navigator.mediaDevices, open = media.getUserMedia.bind(media);
  const set = MediaStreamTrack.prototype.getSettings;
  const opened = new WeakMap();
  window.asked = [];
  media.enumerateDevices = async () => all;
  media.getUserMedia = async ({ video: { deviceId, facingMode, ...size } }) => {
    const stream = await open({ video: size });
    const camera = deviceId?.exact ?? (facingMode.ideal === "environment" ? "back" : "front");
    window.asked.push(camera);
    opened.set(stream.getVideoTracks()[0], camera);
    return stream;
  };
  MediaStreamTrack.prototype.getSettings = function () { return { ...set.call(this), deviceId: opened.get(this) }; };
}"""


def test_zoom_is_offered_only_where_the_camera_can(house: House, phone: Page) -> None:  # noqa: F811
    expect(phone.locator("#zoom")).to_be_hidden()
    phone.evaluate(
        """() => {
          let now = 1;
          const able = MediaStreamTrack.prototype.getCapabilities, set = MediaStreamTrack.prototype.getSettings;
          MediaStreamTrack.prototype.getCapabilities = function () {
            return { ...able.call(this), zoom: { min: 1, max: 5, step: 0.5 } };
          };
          MediaStreamTrack.prototype.getSettings = function () { return { ...set.call(this), zoom: now }; };
          MediaStreamTrack.prototype.applyConstraints = async ({ advanced: [{ zoom }] }) => { now = zoom; };
        }"""
    )
    phone.locator("#start").click()
    expect(phone.locator("#zoom")).to_be_visible()
    phone.get_by_role("button", name="Nearer").click()
    expect(phone.locator("#zoom-slider")).to_have_js_property("value", "1.5")
    phone.get_by_role("button", name="Farther").click()
    expect(phone.locator("#zoom-slider")).to_have_js_property("value", "1")


def test_the_light_is_offered_only_where_the_camera_can_and_says_whether_it_is_on(house: House, phone: Page) -> None:  # noqa: F811
    torch = phone.locator("#torch")
    phone.locator("#start").click()
    expect(phone.locator("#start")).to_be_hidden()
    expect(torch).to_be_hidden()

    phone.reload()
    phone.evaluate(TORCH)
    phone.locator("#start").click()
    torch.click()
    expect(torch).to_have_attribute("aria-pressed", "true")
    torch.click()
    expect(torch).to_have_attribute("aria-pressed", "false")
    assert phone.evaluate("window.light") == [True, False]

    phone.evaluate("window.broken = true")  # another app holds it
    torch.click()
    expect(torch).to_have_attribute("aria-pressed", "false")


def test_another_camera_is_chosen_and_remembered_and_begins_without_light(house: House, phone: Page) -> None:  # noqa: F811
    choose = phone.locator("#switch-camera")
    phone.locator("#start").click()
    expect(phone.locator("#start")).to_be_hidden()
    expect(choose).to_be_hidden()

    phone.add_init_script(f"({TWO_CAMERAS})(); ({TORCH})()")
    phone.reload()
    phone.locator("#start").click()
    phone.locator("#torch").click()
    expect(phone.locator("#torch")).to_have_attribute("aria-pressed", "true")
    choose.click()
    expect(phone.locator("#status")).to_have_text("Camera: Front")
    expect(phone.locator("#torch")).to_have_attribute("aria-pressed", "false")
    assert phone.evaluate("window.asked") == ["back", "front"]

    phone.reload()
    phone.locator("#start").click()
    expect(choose).to_be_visible()
    assert phone.evaluate("window.asked") == ["front"]
    choose.click()
    expect(phone.locator("#status")).to_have_text("Camera: Back")
