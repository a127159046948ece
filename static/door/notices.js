// What has to be read by whoever holds the phone, and stays until it was.

import { element, icon, make, text } from "./page.js";

const MOST = 4;

/** @type {string[]} newest first */
let words = [];

/** @param {string} told */
export function tellOtherwise(told) {
  words = [told, ...words.filter((other) => other !== told)];
  draw();
}

function draw() {
  const list = element("notices");
  list.replaceChildren(...words.slice(0, MOST).map(line));
  if (words.length > MOST) list.append(make("p", "door-notices__more", text("more_notices", { count: words.length - MOST })));
}

/** @param {string} told */
function line(told) {
  const box = make("div", "door-notice");
  const close = /** @type {HTMLButtonElement} */ (make("button", "btn", text("read")));
  close.type = "button";
  close.onclick = () => {
    words = words.filter((other) => other !== told);
    draw();
  };
  box.append(icon("alert"), make("p", "door-notice__words", told), close);
  return box;
}
