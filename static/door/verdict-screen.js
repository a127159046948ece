// The verdict, filling the screen: shape, word and name, then sound and vibration. Told at arm's length in sunlight.

import { LOOKS, NO_ANSWER } from "./looks.js";
import { element, fill, icon, make, setup, text, typed, verdictWords } from "./page.js";
import { signal } from "./signals.js";

/** @typedef {import("./calls.js").Answer} Answer */

const dialog = typed("verdict", HTMLDialogElement);
const face = element("verdict-face");
const bigIcon = face.querySelector("use");

/** @type {number | undefined} */
let closing;
/** @type {(() => void) | null} */
let afterwards = null;
let waits = false;
/** The scan whose verdict is shown, "" for none. */
let shown = "";

dialog.addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => {
  clearTimeout(closing);
  waits = false;
  shown = "";
  const next = afterwards;
  afterwards = null;
  next?.();
});

/** Lays the screen out once, unseen, so that the first visitor does not wait for its letters and shapes. */
export function rehearse() {
  const first = { at: "08:00", day: "", door: "Ẵ" };
  dialog.style.visibility = "hidden";
  dialog.style.display = "flex";
  writeVerdict({ id: "", verdict: "already_admitted", name: "Nguyễn Ẵ", first });
  for (const look of [LOOKS.already_admitted, LOOKS.admitted]) {
    dress(look);
    dialog.getBoundingClientRect();
  }
  for (const name of ["word", "first", "name", "more"]) element(`verdict-${name}`).textContent = "";
  dialog.style.removeProperty("display");
  dialog.style.removeProperty("visibility");
}

/** Whether a verdict stands on the screen that somebody has to see before the next scan. */
export function isWaiting() {
  return dialog.open && waits;
}

export function closeVerdict() {
  if (dialog.open) dialog.close();
}

/** The id of the scan whose verdict is on the screen, "" for none. */
export function scanOnScreen() {
  return shown;
}

/**
 * @param {Answer & {verdict: import("./decision.js").Verdict}} answer
 * @param {string} [hint] instead of the verdict's own
 */
export function showVerdict(answer, hint) {
  writeVerdict(answer, hint);
  open(LOOKS[answer.verdict]);
  shown = answer.id;
}

/**
 * Completes what stands on the screen, with no sound: the same verdict, better known.
 * @param {Answer & {verdict: import("./decision.js").Verdict}} answer
 */
export function completeVerdict(answer) {
  if (shown === answer.id) writeVerdict(answer);
}

/**
 * @param {Answer & {verdict: import("./decision.js").Verdict}} answer
 * @param {string} [hint]
 */
function writeVerdict(answer, hint) {
  const words = verdictWords[answer.verdict];
  setWord(words.word, LOOKS[answer.verdict].reason);
  element("verdict-first").textContent = firstTime(answer);
  element("verdict-name").textContent = answer.name ?? "";
  const places = { at: answer.opens?.at ?? "", missing: answer.missing ?? "" };
  element("verdict-more").textContent = hint ?? fill(words.hint, places);
  element("verdict-list").replaceChildren(...(answer.members ? memberLines(answer) : bookingLines(answer)));
}

/**
 * Something that is no verdict: the server is silent, the phone is not paired any more.
 * @param {string} word
 * @param {string} hint
 * @param {() => void} [then] called when it is closed
 */
export function showTrouble(word, hint, then) {
  setWord(word, "");
  element("verdict-first").textContent = "";
  element("verdict-name").textContent = "";
  element("verdict-more").textContent = hint;
  element("verdict-list").replaceChildren();
  open(NO_ANSWER);
  face.classList.add("verdict--trouble");
  afterwards = then ?? null;
}

/**
 * @param {string} word
 * @param {string} reason the small icon beside it
 */
function setWord(word, reason) {
  const place = element("verdict-word");
  place.replaceChildren(...(reason ? [icon(reason)] : []), word);
}

/** @param {import("./looks.js").Look} look */
function open(look) {
  afterwards = null;
  clearTimeout(closing);
  dress(look);
  if (!dialog.open) dialog.showModal();
  waits = look.closes === 0;
  if (look.closes) closing = window.setTimeout(closeVerdict, look.closes);
  signal(look);
}

/** @param {import("./looks.js").Look} look */
function dress(look) {
  face.className = `verdict verdict--${look.face}`;
  bigIcon?.setAttribute("href", `${setup.icons}#${look.icon}`);
  dialog.dataset.face = look.face;
}

/** @param {{first?: import("./calls.js").First}} answer */
function firstTime({ first }) {
  if (!first) return "";
  const isToday = first.day === todayHere();
  return text(isToday ? "first" : "first_other_day", { ...first });
}

/** Today in Vietnam as dd/mm/yyyy, as the server writes it. */
function todayHere() {
  return new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Ho_Chi_Minh" }).format(new Date());
}

/** @param {Answer} answer */
function bookingLines(answer) {
  return (answer.booked ?? []).map((booked) => {
    const waiting = booked.state === "confirmed" ? "" : ` (${text("booked_waiting")})`;
    return make("li", "", text("booked", { ...booked }).replace(/ · $/, "") + waiting);
  });
}

/** @param {Answer} answer */
function memberLines(answer) {
  return (answer.members ?? []).map((member) => {
    const line = make("li", "verdict__member");
    const when = member.first ? text("already_at", { ...member.first }) : verdictWords[member.verdict].word;
    const tail = member.verdict === "admitted" || member.verdict === "exited" ? "" : ` · ${when}`;
    line.append(icon(LOOKS[member.verdict].icon), make("span", "", `${member.name}${tail}`));
    return line;
  });
}
