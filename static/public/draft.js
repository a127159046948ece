// Sends the steps of the registration form, and waits with them where there is no network: nothing typed is lost, and
// the form's own mark lets the server take it once, however often it is sent.

import { DraftStore } from "./draft-store.js";

const PATIENCE = 20_000;
const SHORTEST = 2_000;
const LONGEST = 30_000;

/** What came of an attempt: a page to show, where to go, or why to wait.
 * @typedef {{ page: Document, status: number } | { address: string } | { wait: "offline" | "busy" }} Answer
 */

/** Sends one form until it is answered. */
export class Draft {
  /**
   * @param {HTMLFormElement} form
   * @param {(page: Document) => void} show puts another page of the form in place of this one
   */
  constructor(form, show) {
    this.address = form.dataset.draft ?? location.pathname;
    this.store = new DraftStore(this.address);
    this.show = show;
    this.form = form;
    this.tries = 0;
    this.sending = false;
    /** @type {(() => void) | null} */
    this.again = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    window.addEventListener("online", () => this.again?.());
  }

  get step() {
    const field = this.form.elements.namedItem("step");
    return field instanceof HTMLInputElement ? field.value : "";
  }

  /** @returns {[string, string][]} what is typed now, without the page's own protection, which ages */
  typed() {
    return [...new FormData(this.form)]
      .filter(([name]) => name !== "csrf_token")
      .map(([name, value]) => [name, String(value)]);
  }

  /** @param {string} [go] the button that was pressed */
  keep(go = "") {
    this.store.write({ saved: Date.now(), step: this.step, go, fields: this.typed() });
  }

  /**
   * The button with this value was pressed.
   * @param {string} go
   */
  press(go) {
    this.keep(go);
    this.deliver(go, () => this.typed());
  }

  /** Show what was kept where it was left, and press again what was not answered. */
  async resume() {
    const draft = this.store.read();
    if (!draft) return;
    const here = new Set(draft.fields.map(([name]) => name));
    const asked = this.typed().filter(([name]) => name.startsWith("session-") && !here.has(name));
    await this.deliver("stay", () => [...draft.fields, ...asked]);
    if (draft.go && !this.again && this.step === draft.step) this.press(draft.go);
    else this.keep(this.again ? draft.go : "");
  }

  /**
   * Send until there is an answer, and show it.
   * @param {string} go
   * @param {() => [string, string][]} fields
   */
  async deliver(go, fields) {
    if (this.sending) return;
    this.sending = true;
    clearTimeout(this.timer);
    this.form.setAttribute("aria-busy", "true");
    const answer = await this.attempt(go, fields());
    this.form.removeAttribute("aria-busy");
    this.sending = false;
    if ("wait" in answer) {
      this.again = () => void this.deliver(go, fields);
      this.timer = setTimeout(this.again, Math.min(LONGEST, SHORTEST * 2 ** this.tries++));
      this.say(answer.wait);
      return;
    }
    this.again = null;
    this.tries = 0;
    this.say("");
    if ("address" in answer) {
      this.store.erase();
      location.assign(answer.address);
    } else {
      this.show(answer.page);
    }
  }

  /**
   * @param {string} go
   * @param {[string, string][]} fields
   * @returns {Promise<Answer>}
   */
  async attempt(go, fields) {
    const answer = await this.post(go, fields);
    // The page was open for so long that its protection has aged: the answer brings a fresh one.
    return "page" in answer && answer.status === 400 && this.renew(answer.page) ? this.post(go, fields) : answer;
  }

  /**
   * @param {string} go
   * @param {[string, string][]} fields
   * @returns {Promise<Answer>}
   */
  async post(go, fields) {
    const body = new URLSearchParams([...fields, ["go", go], ["csrf_token", this.protection?.value ?? ""]]);
    try {
      const headers = { "X-Requested-With": "draft" };
      const signal = AbortSignal.timeout(PATIENCE);
      const answer = await fetch(this.address, { method: "POST", body, headers, signal });
      if (answer.status === 429 || answer.status >= 500) return { wait: "busy" };
      if (answer.status === 201) return { address: answer.headers.get("Location") ?? this.address };
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      // Another page than ours: the sign-in of a café's network, which answers everything.
      return page.getElementById("main") ? { page, status: answer.status } : { wait: "offline" };
    } catch {
      return { wait: "offline" };
    }
  }

  get protection() {
    const field = this.form.elements.namedItem("csrf_token");
    return field instanceof HTMLInputElement ? field : null;
  }

  /** @param {Document} page */
  renew(page) {
    const fresh = page.querySelector("#register [name=csrf_token]");
    if (!(fresh instanceof HTMLInputElement) || !this.protection || fresh.value === this.protection.value) return false;
    this.protection.value = fresh.value;
    return true;
  }

  /**
   * Show the notice of this name and no other.
   * @param {string} what
   */
  say(what) {
    for (const notice of document.querySelectorAll("[data-draft-says]")) {
      if (notice instanceof HTMLElement) notice.hidden = notice.dataset.draftSays !== what;
    }
    document.querySelector(".draft > :not([hidden])")?.scrollIntoView({ block: "nearest" });
  }
}
