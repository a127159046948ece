// In or out, at places that people also leave by. It stays as it was chosen until another place is chosen: a door that
// lets out for a while must not have to press it for everybody.

import { HAS_A_WAY_OUT } from "./decision.js";
import { element, typed } from "./page.js";

/** @typedef {import("./frame.js").Place} Place */
/** @typedef {"in" | "out"} Direction */

const choice = element("direction");
const buttons = { in: typed("direction-in", HTMLButtonElement), out: typed("direction-out", HTMLButtonElement) };

/** @type {() => Place | null} */
let facts = () => null;
/** @type {number | null} */
let place = null;
/** @type {Direction} */
let chosen = "in";

/** @param {() => Place | null} chosenPlace */
export function prepareDirection(chosenPlace) {
  facts = chosenPlace;
  buttons.in.addEventListener("click", () => turn("in"));
  buttons.out.addEventListener("click", () => turn("out"));
  refreshDirection();
}

/** The place, or what is known of it, has changed: another place begins with letting in. */
export function refreshDirection() {
  const now = facts();
  const leavable = now !== null && HAS_A_WAY_OUT.includes(now.kind);
  const stays = leavable && now.id === place;
  place = now?.id ?? null;
  choice.hidden = !leavable;
  turn(stays ? chosen : "in");
}

/** @returns {Direction} */
export function chosenDirection() {
  return chosen;
}

/** @param {Direction} direction */
function turn(direction) {
  chosen = direction;
  buttons.in.setAttribute("aria-pressed", String(direction === "in"));
  buttons.out.setAttribute("aria-pressed", String(direction === "out"));
  // The whole scanner shows it: who looks at the picture only must not miss it.
  element("scanner").dataset.direction = direction;
}
