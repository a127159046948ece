// The fields of a walk-in: what they hold, what is asked of a child, what is wrong with them, and the way from one to
// the next without looking for it. A citizen card that a hand-held scanner types is caught before it is seen.

import { element, text, typed } from "./page.js";
import { purposesFor, readBirthYear, readPerson } from "./walk-in-fields.js";

/** @typedef {import("./walk-in-fields.js").Field} Field */

const TYPED_BY_MACHINE = 500; // milliseconds between two letters: nobody who reads a card aloud is so fast
const LONGEST_CARD = 1_000;
const FIELDS = ["name", "birth_year", "guardian", "phone", "slip"];

const dialog = typed("walk-in", HTMLDialogElement);
const form = typed("walk-in-form", HTMLFormElement);
const [name, birthYear, guardian, phone, slip] = FIELDS.map((field) => typed(`walk-in-${field}`, HTMLInputElement));
const trouble = element("walk-in-trouble");
const guardianField = element("walk-in-guardian-field");
const consents = [...form.querySelectorAll("input[name=consent]")].filter((box) => box instanceof HTMLInputElement);
const ownWard = typed("walk-in-ward", HTMLSelectElement).value;

/** @returns {import("./walk-in-fields.js").Ages} */
export function ages() {
  const { year, guardianBelow, ownConsentFrom } = dialog.dataset;
  return { year: Number(year), guardianBelow: Number(guardianBelow), ownConsentFrom: Number(ownConsentFrom) };
}

/** @param {(text: string) => boolean} takeCard */
export function prepareForm(takeCard) {
  birthYear.addEventListener("input", askForChild);
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.target === name && caught) {
      event.preventDefault();
      const read = caught;
      caught = "";
      if (!takeCard(read)) showWrong("name", text("walk_in_no_card"));
    } else if (event.target === name || event.target === birthYear || event.target === guardian) {
      event.preventDefault();
      moveOn();
    }
  });
  name.addEventListener("beforeinput", catchCard);
  clearForm();
}

export function clearForm() {
  for (const field of [name, birthYear, guardian, phone, slip]) field.value = "";
  for (const box of consents) box.checked = false;
  typed("walk-in-ward", HTMLSelectElement).value = ownWard;
  element("walk-in-card").hidden = true;
  const more = form.querySelector("details");
  if (more) more.open = false;
  caught = "";
  askForChild();
  showWrong(null);
}

/** To the first field that is still empty, or to what has to be agreed to, or to the button. */
export function moveOn() {
  askForChild();
  const fields = [name, birthYear, ...(guardianField.hidden ? [] : [guardian])];
  const rest = consents.filter((box) => !box.checked && !box.closest("label")?.hidden);
  const next = fields.find((field) => !field.value.trim()) ?? rest[0] ?? form.querySelector("button[type=submit]");
  if (next instanceof HTMLElement) {
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
}

/** A child comes with a guardian, and more has to be agreed to. */
function askForChild() {
  const born = readBirthYear(birthYear.value, ages().year);
  const asked = purposesFor(born ?? 1900, ages());
  guardianField.hidden = !asked.includes("children");
  for (const box of consents) {
    const label = box.closest("label");
    if (!label) continue;
    label.hidden = !asked.includes(box.value);
    if (label.hidden) box.checked = false;
  }
}

export function typedPerson() {
  return readPerson(
    {
      name: name.value,
      birthYear: birthYear.value,
      phone: phone.value,
      guardian: guardian.value,
      slip: slip.value,
      consents: consents.filter((box) => box.checked).map((box) => box.value),
    },
    ages(),
  );
}

/**
 * Says what is wrong, at the field; null takes it away, or says only the words.
 * @param {Field | string | null} field
 * @param {string} [words]
 */
export function showWrong(field, words) {
  const known = FIELDS.includes(field ?? "") || field === "consents" || field === "ward";
  trouble.textContent = words ?? (field === null ? "" : text(`walk_in_wrong_${known ? field : "other"}`));
  trouble.hidden = trouble.textContent === "";
  for (const each of [name, birthYear, guardian, phone, slip]) {
    const wrong = each.id === `walk-in-${field}`;
    each.toggleAttribute("aria-invalid", wrong);
    if (wrong) each.setAttribute("aria-invalid", "true");
  }
  if (!trouble.hidden) trouble.scrollIntoView({ block: "nearest" });
  if (field === null) return;
  const place = field === "consents" ? consents.find((box) => !box.checked && !box.closest("label")?.hidden) : null;
  const wrong = place ?? (known ? document.getElementById(`walk-in-${field}`) : null);
  const folded = wrong?.closest("details");
  if (folded) folded.open = true;
  wrong?.focus();
}

// --- a hand-held scanner --------------------------------------------------------------------------------------------

let caught = "";
let caughtAt = 0;

/**
 * No name begins with a digit: what does is a card being typed. It is not shown, and ends with Enter.
 * @param {InputEvent} event
 */
function catchCard(event) {
  if (event.inputType !== "insertText" || event.data === null) return;
  if (caught && event.timeStamp - caughtAt > TYPED_BY_MACHINE) caught = "";
  if (!caught && (name.value !== "" || !/^[0-9]/.test(event.data))) return;
  event.preventDefault();
  caught = (caught + event.data).slice(0, LONGEST_CARD);
  caughtAt = event.timeStamp;
}
