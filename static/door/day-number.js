// At a booth: the number of the day, which its host tells visitors who stamp themselves from the poster.

import { correctedNow } from "./clock.js";
import { element } from "./page.js";
import { dayOf } from "./stamp-code.js";

/** @typedef {import("./frame.js").Place} Place */

/** @type {() => Place | null} */
let facts = () => null;

/** @param {() => Place | null} chosenPlace */
export function prepareDayNumber(chosenPlace) {
  facts = chosenPlace;
  refreshDayNumber();
}

/** The place has changed, or the day. */
export function refreshDayNumber() {
  const number = facts()?.stamp?.numbers?.[dayOf(correctedNow())] ?? "";
  element("day-number-digits").textContent = number;
  element("day-number").hidden = number === "";
}
