// The people of the roster, in memory: by number, ticket, slip, short code, household and name.

import { fold } from "./finding.js";
import { markOf, marksOf, setMark, withoutUndone } from "./marks.js";

/**
 * @typedef {object} Person
 * @property {number} attendee
 * @property {number} registration
 * @property {string} name
 * @property {number} birthYear 0 where it is not told
 * @property {string} phoneTail the last digits of the household's phone
 * @property {number} ticket
 * @property {string} code the short code
 * @property {number} pass the household pass
 * @property {string} passCode
 * @property {boolean} revoked the person's own ticket
 * @property {boolean} passRevoked
 * @property {boolean} cancelled
 * @property {Record<string, "c" | "w" | "o">} bookings by session: confirmed, waitlisted, offered
 * @property {Record<string, Been>} admissions by checkpoint
 * @property {number} stamps
 *
 * @typedef {import("./marks.js").Been} Been
 * @typedef {any[]} Row as the server sends a person
 */

const REVOKED = 1;
const CANCELLED = 2;
const REVOKED_PASS = 4;

/** @type {Map<number, Row>} */
const rows = new Map();
/** @type {Map<number, number>} attendee by ticket; registration, as a negative number, by household pass */
const tickets = new Map();
/** @type {Map<string, number>} the same by short code */
const codes = new Map();
/** @type {Map<number, number>} attendee by the slip that became the ticket; slips have numbers of their own */
const slips = new Map();
/** @type {Map<number, number[]>} attendees by registration */
const households = new Map();
/** @type {Map<number, string>} filled when somebody looks for a name */
const folded = new Map();

/** How many people there are. */
export function size() {
  return rows.size;
}

/** @returns {Iterable<Row>} */
export function allRows() {
  return rows.values();
}

export function emptyPeople() {
  for (const map of [rows, tickets, codes, slips, households, folded]) map.clear();
}

/**
 * Takes a person in, or what is new about one. One without a registration is to be forgotten.
 * @param {Row} row
 */
export function placeRow(row) {
  const [attendee, registration, , , , ticket, code, pass, passCode, , , , , slip] = row;
  removeRow(attendee);
  if (!registration) return;
  rows.set(attendee, row);
  const family = households.get(registration);
  if (family) family.push(attendee);
  else households.set(registration, [attendee]);
  if (ticket) tickets.set(ticket, attendee);
  if (code) codes.set(code, attendee);
  if (slip) slips.set(slip, attendee);
  if (pass) tickets.set(pass, -registration);
  if (passCode) codes.set(passCode, -registration);
}

/** @param {number} attendee */
function removeRow(attendee) {
  const row = rows.get(attendee);
  if (!row) return;
  rows.delete(attendee);
  folded.delete(attendee);
  tickets.delete(row[5]);
  codes.delete(row[6]);
  slips.delete(row[13]);
  const rest = (households.get(row[1]) ?? []).filter((other) => other !== attendee);
  if (rest.length) households.set(row[1], rest);
  else {
    households.delete(row[1]);
    tickets.delete(row[7]);
    codes.delete(row[8]);
  }
}

/**
 * @param {number} attendee
 * @returns {Person | null}
 */
export function person(attendee) {
  const row = rows.get(attendee);
  if (!row) return null;
  const [, registration, name, birthYear, phoneTail, ticket, code, pass, passCode, flags, bookings, told, stamps, slip] = row;
  /** @type {Record<string, Been>} */
  const admissions = {};
  for (const [checkpoint, at, door, exitedAt] of told ?? []) {
    const left = withoutUndone(attendee, checkpoint, { at, door, exitedAt });
    if (left) admissions[checkpoint] = left;
  }
  // Also what was marked while only the signature of the ticket or slip was known.
  for (const who of [attendee, `ticket ${ticket}`, `slip ${slip}`]) {
    for (const [checkpoint, mine] of marksOf(who)) admissions[checkpoint] = newer(admissions[checkpoint], mine);
  }
  const facts = { registration, name, birthYear, phoneTail, ticket, code, pass, passCode };
  return {
    attendee,
    ...facts,
    revoked: Boolean(flags & REVOKED),
    passRevoked: Boolean(flags & REVOKED_PASS),
    cancelled: Boolean(flags & CANCELLED),
    bookings: bookings ?? {},
    admissions,
    stamps: stamps ?? 0,
  };
}

/**
 * Whichever happened last: what the server told or what this phone did.
 * @param {Been | undefined} told
 * @param {Been} mine
 */
function newer(told, mine) {
  return told && lastOf(told) > lastOf(mine) ? told : mine;
}

/** @param {Been} been */
function lastOf(been) {
  return Math.max(been.at, been.exitedAt);
}

/**
 * Whose a ticket or pass is: a person, a household, or nobody that is known.
 * @param {number | undefined} found
 * @returns {{person: Person} | {household: Person[]} | null}
 */
function whose(found) {
  if (found === undefined) return null;
  if (found < 0) return { household: household(-found) };
  const one = person(found);
  return one && { person: one };
}

/** @param {number} ticket the number in the QR */
export function byTicket(ticket) {
  return whose(tickets.get(ticket));
}

/** @param {number} slip the number in the QR of a slip */
export function bySlip(slip) {
  return whose(slips.get(slip));
}

/** @param {string} code as it is stored: capitals, no spaces */
export function byCode(code) {
  return whose(codes.get(code));
}

/**
 * The people of a household, in the order in which they were registered.
 * @param {number} registration
 * @returns {Person[]}
 */
export function household(registration) {
  const people = (households.get(registration) ?? []).map(person);
  return people.filter((one) => one !== null).sort((one, two) => one.attendee - two.attendee);
}

/**
 * People whose names have all these words; beginnings without marks are enough. Sorted by name and year.
 * @param {string[]} nameWords
 * @param {number | null} [year]
 * @returns {Person[]}
 */
export function search(nameWords, year = null) {
  const wanted = nameWords.map((word) => ` ${fold(word)}`).filter((word) => word.length > 1);
  if (!wanted.length) return [];
  const found = [];
  for (const [attendee, row] of rows) {
    if (year && row[3] !== year) continue;
    let name = folded.get(attendee);
    if (name === undefined) {
      name = ` ${fold(row[2])}`;
      folded.set(attendee, name);
    }
    if (wanted.every((word) => name.includes(word))) found.push(attendee);
  }
  return sorted(found);
}

/**
 * People of households whose phone ends in these digits.
 * @param {string} digits
 * @returns {Person[]}
 */
export function byPhoneTail(digits) {
  const found = [];
  for (const [attendee, row] of rows) if (row[4] && row[4].endsWith(digits)) found.push(attendee);
  return sorted(found);
}

/** @param {number[]} found */
function sorted(found) {
  const order = new Intl.Collator("vi");
  const last = (/** @type {Person} */ one) => one.name.split(" ").reverse().join(" ");
  return found
    .map(person)
    .filter((one) => one !== null && !one.cancelled)
    .map((one) => /** @type {Person} */ (one))
    .sort((one, two) => order.compare(last(one), last(two)) || one.birthYear - two.birthYear);
}

// --- what this phone did --------------------------------------------------------------------------------------------

/**
 * Marks somebody as let in, before the server tells so.
 * @param {number | string} who an attendee, or one's own text for who is not in the roster
 * @param {number} checkpoint
 * @param {string} iso
 * @param {string} door
 * @param {string} [scan]
 */
export function noteAdmission(who, checkpoint, iso, door, scan = "") {
  setMark(who, checkpoint, { at: Date.parse(iso), door, exitedAt: 0 }, scan);
}

/**
 * Marks somebody as gone out.
 * @param {number | string} who
 * @param {number} checkpoint
 * @param {string} iso
 * @param {string} [scan]
 */
export function noteExit(who, checkpoint, iso, scan = "") {
  const before = been(who, checkpoint);
  if (before) setMark(who, checkpoint, { at: before.at, door: before.door, exitedAt: Date.parse(iso) }, scan);
}

/**
 * When somebody was let in at a checkpoint, if at all.
 * @param {number | string} who
 * @param {number} checkpoint
 * @returns {Been | null}
 */
export function been(who, checkpoint) {
  const told = typeof who === "number" ? person(who)?.admissions[checkpoint] : undefined;
  return told ?? markOf(who, checkpoint);
}
