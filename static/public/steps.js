// The registration form with JavaScript: the same steps without loading a page for each, people added at once, and what
// was typed kept on this phone until it is sent. Values are only read, never written: Telex and VNI compose undisturbed.

import { Draft } from "./draft.js";
import { keepPeople } from "./people.js";

const STEPS = ["family", "workshops", "consents"];

/** @type {Draft | null} */
let draft = null;
let asking = false;

/** Take over the form that the page shows now, if it shows one. */
function takeOver() {
  const form = document.getElementById("register");
  if (!(form instanceof HTMLFormElement)) return;
  if (draft) draft.form = form;
  else draft = new Draft(form, show);
  const mine = draft;
  keepPeople(form);
  form.addEventListener("input", () => asking || mine.keep());
  form.addEventListener("change", () => asking || mine.keep());
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    // The switches in the head load the page anew; everything typed goes along.
    if (!(button instanceof HTMLButtonElement) || button.hasAttribute("formaction")) return;
    event.preventDefault();
    asking = false;
    mine.press(button.value);
  });
  const line = document.getElementById("draft-line");
  line?.removeAttribute("hidden");
  const shared = document.getElementById("draft-shared");
  if (shared instanceof HTMLInputElement) {
    shared.checked = mine.store.shared;
    shared.addEventListener("change", () => {
      mine.store.shared = shared.checked;
      if (!shared.checked) mine.keep();
    });
  }
  for (const button of document.querySelectorAll("[data-draft-erases]")) {
    button.addEventListener("click", () => {
      mine.store.erase();
      location.assign(mine.address);
    });
  }
}

/**
 * Put the next page of the form in place of this one, with the focus where a browser would put it.
 * @param {Document} page
 */
function show(page) {
  const before = STEPS.indexOf(draft?.step ?? "");
  const main = page.getElementById("main");
  if (!main) return;
  document.getElementById("main")?.replaceWith(document.adoptNode(main));
  document.title = page.title;
  takeOver();
  const form = document.getElementById("register");
  if (form && draft) {
    draft.keep();
    const now = STEPS.indexOf(draft.step);
    history[now > before ? "pushState" : "replaceState"]({ step: draft.step }, "");
  }
  if (main.querySelector("[data-proof]")) void import("./proof.js");
  window.scrollTo(0, 0);
  const wanted = main.querySelector("[autofocus]") ?? main.querySelector("[aria-current=step]") ?? main;
  if (!(wanted instanceof HTMLElement)) return;
  if (!wanted.matches("input, [tabindex]")) wanted.tabIndex = -1;
  wanted.focus({ preventScroll: !wanted.hasAttribute("autofocus") });
}

// The phone's own way back leads one step back, as if each step were a page.
window.addEventListener("popstate", (event) => {
  const to = event.state?.step;
  if (draft && to && to !== draft.step && draft.form.querySelector(`button[name=go][value=${to}]`)) draft.press(to);
});

takeOver();
if (draft) begin(draft);

/** @param {Draft} mine */
function begin(mine) {
  history.replaceState({ step: mine.step }, "");
  if (!("fresh" in mine.form.dataset) || !mine.store.read()) return;
  if (mine.store.mine) {
    void bringBack(mine);
    return;
  }
  asking = true;
  mine.say("found");
  document.querySelector("[data-draft-resumes]")?.addEventListener("click", () => void bringBack(mine));
}

/** @param {Draft} mine */
async function bringBack(mine) {
  asking = false;
  await mine.resume();
  if (!mine.again) mine.say("back");
}
