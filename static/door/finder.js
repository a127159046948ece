// Finding a person without a QR: by name and year of birth, never a list to browse.

import { findPeople } from "./calls.js";
import { element, make, text, typed } from "./page.js";

const dialog = typed("finder", HTMLDialogElement);
const input = typed("finder-name", HTMLInputElement);
const status = element("finder-status");
const list = element("finder-people");

element("finder-close").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", clear);

export function isFinding() {
  return dialog.open;
}

function clear() {
  input.value = "";
  status.textContent = "";
  list.replaceChildren();
}

/**
 * @param {() => number} checkpoint
 * @param {(attendee: number) => void} choose
 */
export function prepareFinder(checkpoint, choose) {
  element("find").addEventListener("click", () => {
    dialog.showModal();
    input.focus();
  });
  element("finder-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    status.textContent = text("checking");
    list.replaceChildren();
    const result = await findPeople(checkpoint(), input.value);
    if (!dialog.open) return;
    if ("failure" in result) {
      status.textContent = text(result.failure);
      return;
    }
    status.textContent = wordsFor(result.outcome, result.people.length, result.more);
    list.replaceChildren(...result.people.map((person) => personLine(person, choose)));
  });
}

/**
 * @param {string} outcome
 * @param {number} count
 * @param {boolean} more
 */
function wordsFor(outcome, count, more) {
  if (outcome === "too_little") return text("found_too_little");
  if (count === 0) return text("found_none");
  return more ? text("found_more") : "";
}

/**
 * @param {import("./calls.js").Person} person
 * @param {(attendee: number) => void} choose
 */
function personLine(person, choose) {
  const line = make("li", "person");
  const button = /** @type {HTMLButtonElement} */ (make("button", "btn btn-block person__choice"));
  button.type = "button";
  button.append(make("span", "person__name", person.name));
  const state = person.admitted ? ` · ${text("is_in", { at: person.admitted })}` : "";
  button.append(make("span", "person__state", text("born", { year: person.birth_year }) + state));
  button.onclick = () => {
    dialog.close();
    choose(person.attendee);
  };
  line.append(button);
  return line;
}
