// Adds and takes out people in the registration form at once, also without a network. Without this module the same
// buttons send the form, and the server numbers the rows; numbers may have gaps, it closes them (`typed.py`).

/**
 * Take over the buttons of this form.
 * @param {HTMLFormElement} form
 */
export function keepPeople(form) {
  form.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button[name=go]") : null;
    if (!(button instanceof HTMLButtonElement)) return;
    if (button.value === "add") add(form);
    else if (button.value.startsWith("remove-")) takeOut(form, button.value.slice("remove-".length));
    else return;
    event.preventDefault();
    count(form);
    form.dispatchEvent(new Event("change", { bubbles: true }));
  });
  form.addEventListener("change", () => count(form));
}

/** @param {HTMLFormElement} form */
function add(form) {
  const template = document.getElementById("another-person");
  const people = document.getElementById("people");
  if (!(template instanceof HTMLTemplateElement) || !people) return;
  const number = String(firstFree(form));
  people.insertAdjacentHTML("beforeend", template.innerHTML.replaceAll("NUMBER", number));
  document.getElementById(`members-${number}-name`)?.focus();
}

/**
 * The person goes, and so does what was ticked for them.
 * @param {HTMLFormElement} form
 * @param {string} number
 */
function takeOut(form, number) {
  const row = document.getElementById(`member-${number}`);
  const next = row?.nextElementSibling ?? row?.previousElementSibling;
  row?.remove();
  for (const field of [...form.elements]) {
    if (field instanceof HTMLInputElement && field.name.startsWith("session-") && field.value === number) field.remove();
  }
  const near = next?.querySelector("input") ?? form.querySelector("button[value=add]");
  if (near instanceof HTMLElement) near.focus();
}

/**
 * A number that no row has, nor a tick left of one.
 * @param {HTMLFormElement} form
 */
function firstFree(form) {
  const used = [...new FormData(form)].map(([name, value]) =>
    Number(name.startsWith("session-") ? value : /^members-(\d+)-/.exec(name)?.[1]));
  return Math.max(-1, ...used.filter(Number.isInteger)) + 1;
}

/**
 * Who is second, third …; and whether there is room for one more.
 * @param {HTMLFormElement} form
 */
function count(form) {
  const rows = form.querySelectorAll("fieldset.member");
  rows.forEach((row, place) => {
    const words = row.querySelector("[data-place]");
    if (words) words.textContent = String(place + 2);
  });
  const enough = document.getElementById("enough-people");
  const coming = form.elements.namedItem("coming");
  if (!enough) return;
  const all = rows.length + Number(coming instanceof HTMLInputElement && coming.checked);
  enough.hidden = all < Number(enough.dataset.most);
  document.getElementById("add-person")?.toggleAttribute("hidden", !enough.hidden);
}
