// What has to be read by whoever holds the phone: news that stay until they were read, and what stands as long as it is so.

import { element, icon, make, text } from "./page.js";

const MOST = 4;

/** @type {string[]} newest first */
let words = [];
/** @type {Map<string, string>} by name */
const standing = new Map();

/** @param {string} told */
export function tellOtherwise(told) {
  words = [told, ...words.filter((other) => other !== told)];
  draw();
}

/**
 * Nobody can put this away: it goes when it is no longer so.
 * @param {string} name
 * @param {string} told "" for no longer
 */
export function stand(name, told) {
  if ((standing.get(name) ?? "") === told) return;
  if (told) standing.set(name, told);
  else standing.delete(name);
  draw();
}

function draw() {
  const list = element("notices");
  list.replaceChildren(...[...standing.values()].map(box), ...words.slice(0, MOST).map(line));
  if (words.length > MOST) list.append(make("p", "door-notices__more", text("more_notices", { count: words.length - MOST })));
}

/** @param {string} told */
function box(told) {
  const made = make("div", "door-notice");
  made.append(icon("alert"), make("p", "door-notice__words", told));
  return made;
}

/** @param {string} told */
function line(told) {
  const made = box(told);
  const close = /** @type {HTMLButtonElement} */ (make("button", "btn", text("read")));
  close.type = "button";
  close.onclick = () => {
    words = words.filter((other) => other !== told);
    draw();
  };
  made.append(close);
  return made;
}
