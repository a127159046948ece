// Which skill a visitor has shown at a booth. It stays chosen for the next visitor until the host changes it.
// Buttons, no list to type in: a hand-held scanner's letters would choose another skill.

import { element, make, text, typed } from "./page.js";

/** @typedef {import("./frame.js").Place} Place */

const box = typed("skills", HTMLDetailsElement);
const list = element("skill-list");

/** @type {() => Place | null} */
let facts = () => null;
/** @type {string[]} */
let skills = [];
let chosen = "";

/** @param {() => Place | null} chosenPlace */
export function prepareSkills(chosenPlace) {
  facts = chosenPlace;
  refreshSkills();
}

/** The place or its list has changed: what is chosen stays as long as it is on the list. */
export function refreshSkills() {
  const now = facts();
  skills = now?.kind === "booth" ? (now.skills ?? []) : [];
  if (!skills.includes(chosen)) chosen = "";
  box.hidden = skills.length === 0;
  show();
}

/**
 * The skill to be sent with the next scan, null for none.
 * @returns {string | null}
 */
export function chosenSkill() {
  return chosen || null;
}

function show() {
  element("skill-chosen").textContent = chosen || text("skill_none");
  box.classList.toggle("options__skill--chosen", chosen !== "");
  list.replaceChildren(...(box.hidden ? [] : ["", ...skills].map(line)));
}

/** @param {string} skill "" for none */
function line(skill) {
  const item = make("li", "");
  const button = /** @type {HTMLButtonElement} */ (make("button", "btn btn-block", skill || text("skill_none")));
  button.type = "button";
  button.setAttribute("aria-pressed", String(skill === chosen));
  button.onclick = () => {
    chosen = skill;
    box.open = false;
    show();
    box.querySelector("summary")?.focus();
  };
  item.append(button);
  return item;
}
