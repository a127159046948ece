"""What is wrong with a page that is open in a browser, as sentences; nothing wrong: an empty list."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request

AXE = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """async () => {
  const { violations } = await axe.run(document, {
    resultTypes: ["violations"],
    rules: { "target-size": { enabled: true } },
  });
  return violations.flatMap((found) => found.nodes.map((node) =>
    `axe ${found.id}: ${node.html.slice(0, 200)} ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ""}`));
}"""
# Not `innerWidth`: on a phone that grows with what is too wide.
TOO_WIDE = """() => {
  const { scrollWidth: wide, clientWidth: room } = document.scrollingElement;
  if (wide <= room) return [];
  const guilty = [...document.querySelectorAll("body *")].filter((each) =>
    each.getBoundingClientRect().right > room + 1 && !each.closest(".table-scroll, [hidden]"));
  return [`${wide} px wide in a window of ${room}: ${guilty.slice(0, 3).map((each) => each.outerHTML.slice(0, 120))}`];
}"""
SMALL_BUTTONS = """() => [...document.querySelectorAll("main .btn-primary, main .btn-big")]
  .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 47.5)
  .map((each) => `a main button ${each.getBoundingClientRect().height} px high: ${each.outerHTML.slice(0, 120)}`)"""


class Watch:
    """Collects what a page complains of by itself, from now on: errors, breaches of the policy, foreign hosts."""

    def __init__(self, page: Page) -> None:
        self.complaints: list[str] = []
        self._own = ""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", self._request)

    def _console(self, said: ConsoleMessage) -> None:
        # Chromium reports the status of a page that is meant to be an error page, too.
        if said.type in ("error", "warning") and "Failed to load resource" not in said.text:
            self.complaints.append(f"console: {said.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https") and parts.hostname != "127.0.0.1":
            self.complaints.append(f"foreign host: {request.url}")

    def taken(self) -> list[str]:
        """The complaints up to now; they are not given again."""
        complaints, self.complaints = self.complaints, []
        return complaints


def findings(page: Page) -> list[str]:
    """What axe finds (WCAG 2.2 AA and its best practices), and what is too wide or too small."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN_AXE)
    found += page.evaluate(TOO_WIDE)
    found += page.evaluate(SMALL_BUTTONS)
    return found
