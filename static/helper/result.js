// What a helper reads out: drawn as templates/helper/result.html draws it.

import { text } from "../door/page.js";

/** @typedef {import("./sending.js").Answer} Answer */

/**
 * @param {string} tag
 * @param {string} [kind]
 * @param {string} [words]
 */
function make(tag, kind = "", words = "") {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.textContent = words;
  return made;
}

/**
 * Somebody is registered: names, codes, seats, and what could not be had.
 * @param {Answer} answer
 */
export function drawResult(answer) {
  const box = make("section", "helper-done");
  box.setAttribute("aria-label", text("registered"));
  box.append(make("p", "helper-done__word", text("registered")));
  for (const person of answer.people ?? []) {
    const one = make("div", "helper-done__person");
    const code = make("p", "helper-done__code", `${person.code.slice(0, 4)} ${person.code.slice(4)}`);
    one.append(make("p", "helper-done__name", person.name), code);
    if (person.seats.length) {
      const list = make("ul");
      for (const seat of person.seats) {
        const line = make("li", "", `${seat.at} ${seat.title}: `);
        line.append(make("strong", "", seat.words));
        list.append(line);
      }
      one.append(list);
    }
    box.append(one);
  }
  for (const words of answer.words ?? []) box.append(make("p", "", words));
  return box;
}

/**
 * It is kept on this device.
 * @param {string} name
 * @param {boolean} lasting
 */
export function drawKept(name, lasting) {
  const box = make("section", "helper-done helper-done--kept");
  box.append(make("p", "helper-done__word", text("waiting")), make("p", "helper-done__name", name));
  box.append(make("p", "", text(lasting ? "kept" : "not_lasting")));
  return box;
}

/**
 * What is wrong, as a list of links to the fields.
 * @param {[string, string][]} problems name of the field, words
 */
export function drawProblems(problems) {
  const box = make("div", "notice notice--error");
  box.id = "errors";
  box.setAttribute("role", "alert");
  box.tabIndex = -1;
  const body = make("div", "notice__body");
  body.append(make("p", "notice__title", text("wrong")));
  const list = make("ul");
  for (const [field, words] of problems) {
    const line = make("li");
    const link = document.createElement("a");
    link.href = `#${field}`;
    link.textContent = words;
    line.append(document.getElementById(field) ? link : words);
    list.append(line);
  }
  body.append(list);
  box.append(body);
  return box;
}

/**
 * One that could not be registered: its name, why, and a button to take it away.
 * @param {import("./queue.js").Entry} entry
 * @param {() => void} takeAway
 */
export function drawAside(entry, takeAway) {
  const box = make("article", "card");
  const phone = typeof entry.fields.phone === "string" && entry.fields.phone ? ` · ${entry.fields.phone}` : "";
  box.append(make("h3", "", entry.label + phone));
  for (const words of entry.aside?.length ? entry.aside : [text("failed")]) box.append(make("p", "", words));
  const button = make("button", "btn", text("take_away"));
  button.setAttribute("type", "button");
  button.addEventListener("click", takeAway);
  box.append(button);
  return box;
}
