// Finding a person without a QR: by name and year of birth, or by the end of the phone. Never a list to browse. The
// server is asked first; without an answer this phone's own list is looked through, by the same rules.

import { findPeople } from "./calls.js";
import { corrected } from "./clock.js";
import { isOnline } from "./connection.js";
import { isEnough, lookAmong, readTyped } from "./finding.js";
import { clockAndDay } from "./judged-words.js";
import { element, make, text, typed } from "./page.js";
import { byPhoneTail, hasRoster, household, rosterFrame, search } from "./roster.js";

const KNOWN_DIGITS = 4;
const TOLD_DIGITS = 3;
const NAMED_WITH = 2;

/**
 * Somebody who may be meant, with the lines that tell people of one name apart.
 * @typedef {{attendee: number, name: string, lines: string[], admitted: string}} Candidate
 *
 * @typedef {{status: string, people: Candidate[]}} Outcome
 */

const dialog = typed("finder", HTMLDialogElement);
const input = typed("finder-name", HTMLInputElement);
const status = element("finder-status");
const list = element("finder-people");
let asked = 0;

element("finder-close").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", clear);
dialog.addEventListener("keydown", walk);

export function isFinding() {
  return dialog.open;
}

function clear() {
  asked += 1; // an answer on its way comes too late
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
    asked += 1;
    const mine = asked;
    status.textContent = text("checking");
    list.replaceChildren();
    const outcome = await find(checkpoint(), input.value);
    if (!dialog.open || mine !== asked) return;
    status.textContent = outcome.status;
    list.replaceChildren(...outcome.people.map((person) => personLine(person, choose)));
    // The keyboard of the phone goes away; with a real one the field keeps the focus, so that Enter pressed twice lets
    // nobody in.
    if (outcome.people.length && matchMedia("(pointer: coarse)").matches) input.blur();
  });
}

/**
 * @param {number} checkpoint
 * @param {string} wish
 * @returns {Promise<Outcome>}
 */
async function find(checkpoint, wish) {
  if (!isEnough(readTyped(wish))) return { status: text("found_too_little"), people: [] };
  if (isOnline() || !hasRoster()) {
    const result = await findPeople(checkpoint, wish);
    if (!("failure" in result)) return fromServer(result);
    if (result.failure !== "no_answer" && result.failure !== "broken") return { status: text(result.failure), people: [] };
    if (!hasRoster()) return { status: text("no_answer"), people: [] };
  }
  return fromPhone(checkpoint, wish);
}

/**
 * @param {{outcome: string, people: any[], more: boolean}} result
 * @returns {Outcome}
 */
function fromServer(result) {
  if (result.outcome === "too_little") return { status: text("found_too_little"), people: [] };
  if (result.outcome === "not_here") return { status: text("found_not_here"), people: [] };
  return {
    status: wordsFor(result.people.length, result.more),
    people: result.people.map((person) => ({
      attendee: person.attendee,
      name: person.name,
      lines: [
        bornAndPhone(person.birth_year, person.phone_tail),
        person.ward,
        person.household && person.household !== person.name ? text("household", { name: person.household }) : "",
      ],
      admitted: person.admitted ?? "",
    })),
  };
}

/**
 * @param {number} checkpoint
 * @param {string} wish
 * @returns {Outcome}
 */
function fromPhone(checkpoint, wish) {
  if (rosterFrame()?.scope === "none") return { status: text("found_not_here"), people: [] };
  const wanted = readTyped(wish);
  const end = wanted.phoneEnd.slice(-KNOWN_DIGITS);
  const { people, more } = lookAmong(end ? byPhoneTail(end) : search(wanted.names, wanted.year), wanted);
  const since = clockAndDay(corrected(rosterFrame()?.syncedAt ?? 0)).at;
  return {
    status: [wordsFor(people.length, more), text("found_on_phone", { at: since })].filter(Boolean).join(" "),
    people: people.map((person) => {
      const here = person.admissions[checkpoint];
      return {
        attendee: person.attendee,
        name: person.name,
        lines: [bornAndPhone(person.birthYear, person.phoneTail), livesWith(person)],
        admitted: here && !here.exitedAt ? clockAndDay(here.at).at : "",
      };
    }),
  };
}

/** @param {import("./roster.js").Person} person */
function livesWith(person) {
  const others = household(person.registration).filter((one) => one.attendee !== person.attendee && !one.cancelled);
  if (!others.length) return "";
  const names = others.slice(0, NAMED_WITH).map((one) => one.name);
  return text("found_with", { names: names.join(", ") + (others.length > NAMED_WITH ? "…" : "") });
}

/**
 * @param {number} year
 * @param {string} phone
 */
function bornAndPhone(year, phone) {
  const born = year ? text("born", { year }) : "";
  const ends = phone ? text("found_phone", { digits: phone.slice(-TOLD_DIGITS) }) : "";
  return [born, ends].filter(Boolean).join(" · ");
}

/**
 * @param {number} count
 * @param {boolean} more
 */
function wordsFor(count, more) {
  if (count === 0) return text(more ? "found_too_common" : "found_none");
  return more ? text("found_more") : text("found_count", { count });
}

/**
 * @param {Candidate} person
 * @param {(attendee: number) => void} choose
 */
function personLine(person, choose) {
  const line = make("li", "person");
  const button = /** @type {HTMLButtonElement} */ (make("button", "btn btn-block person__choice"));
  button.type = "button";
  button.append(make("span", "person__name", person.name));
  for (const words of person.lines.filter(Boolean)) button.append(make("span", "person__state", words));
  if (person.admitted) button.append(make("span", "person__state person__in", text("is_in", { at: person.admitted })));
  button.onclick = () => {
    dialog.close();
    choose(person.attendee);
  };
  line.append(button);
  return line;
}

/**
 * Arrow keys walk from the field through the people and back.
 * @param {KeyboardEvent} event
 */
function walk(event) {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const stops = [input, ...list.querySelectorAll("button")];
  const here = stops.indexOf(/** @type {HTMLInputElement} */ (document.activeElement));
  const next = stops[Math.max(0, here) + (event.key === "ArrowDown" ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
