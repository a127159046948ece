// The verdict of this phone by itself: what was read, the roster, and the decision that the server makes too. The
// server's answer comes later, and counts.

import { decide } from "./decision.js";
import { bookedLines, describe, localIso } from "./judged-words.js";
import { markOf } from "./marks.js";
import { been, byCode, bySlip, byTicket, checkpointOf, household, leaseLeft, person, rosterFrame } from "./roster.js";
import { isSigned } from "./signature.js";
import { decodeTicketCode } from "./ticket-code.js";

/**
 * @typedef {import("./decision.js").Verdict} Verdict
 * @typedef {import("./roster.js").Person} Person
 * @typedef {import("./roster.js").Place} Place
 * @typedef {import("./calls.js").Answer} Answer
 * @typedef {Exclude<import("./reading.js").Reading, {kind: "other"} | {kind: "card"}>} Ours
 *
 * @typedef {object} Asked
 * @property {string} id of the scan
 * @property {number} checkpoint
 * @property {"in" | "out"} direction
 * @property {number[]} [members]
 * @property {number} now milliseconds, corrected
 *
 * @typedef {object} Local
 * @property {Answer} answer in the shape of the server's; without a verdict when members are to be chosen
 * @property {boolean} sure false: the server may well know better, and is asked first where it answers
 * @property {(number | string)[]} passed who went through, as `noteAdmission` wants it
 * @property {number} leased how many seats were given that this phone holds for walk-ins
 * @property {boolean} own whom it met this phone had let in itself, and the server has not confirmed it yet
 *
 * @typedef {object} Found what a reading names
 * @property {number | null} festival
 * @property {"good" | "bad" | "none"} signature
 * @property {Person[]} people
 * @property {boolean} pass a household pass
 * @property {string} own how a ticket that is not in the roster is marked
 *
 * @typedef {{person: Person | null, verdict: Verdict, who: number | string, been: import("./people.js").Been | null,
 *   facts: import("./decision.js").TicketFacts}} Line
 */

const THROUGH = { in: "admitted", out: "exited" };
const MAY_BE_STALE = ["full", "not_earned"];
const STATES = { c: "confirmed", w: "waitlisted", o: "offered" };
const HOUR = 3_600_000;

/**
 * What this phone says; null when it cannot say anything (no roster yet, no way to check a signature).
 * @param {Ours} reading
 * @param {Asked} asked
 * @returns {Promise<Local | null>}
 */
export async function judgeHere(reading, asked) {
  const frame = rosterFrame();
  const place = checkpointOf(asked.checkpoint);
  if (!frame || !place) return null;
  const found = await find(reading, frame.festival);
  if (!found) return null;
  return judge(found, place, asked);
}

/**
 * @param {Ours} reading
 * @param {import("./frame.js").FestivalFacts} festival
 * @returns {Promise<Found | null>}
 */
async function find(reading, festival) {
  /** @type {Found} */
  const found = { festival: null, signature: "none", people: [], pass: false, own: "" };
  if (reading.kind === "ticket") {
    const code = decodeTicketCode(reading.ticket);
    if (!code) return found;
    found.festival = code.festivalId;
    if (code.festivalId !== festival.id) return found;
    if (!globalThis.crypto?.subtle) return null;
    found.signature = (await isSigned(code, festival.public_key)) ? "good" : "bad";
    found.pass = code.kind === "household";
    found.own = `${code.kind} ${code.ticketId}`;
    // Of a forged ticket nothing is used.
    if (found.signature === "good") take(found, code.kind === "slip" ? bySlip(code.ticketId) : byTicket(code.ticketId));
  } else if (reading.kind === "code") take(found, byCode(reading.code));
  else {
    const one = person(reading.attendee);
    take(found, one && { person: one });
  }
  if (found.people.length) found.festival = festival.id;
  return found;
}

/**
 * @param {Found} found
 * @param {{person: Person} | {household: Person[]} | null} whose
 */
function take(found, whose) {
  if (!whose) return;
  found.pass = "household" in whose;
  found.people = "household" in whose ? whose.household : [whose.person];
}

/**
 * @param {Found} found
 * @param {Place} place
 * @param {Asked} asked
 * @returns {Local}
 */
function judge(found, place, asked) {
  const { id, direction, members } = asked;
  const iso = new Date(asked.now).toISOString();
  const facts = placeFacts(place, asked.now);
  const through = THROUGH[direction];
  /** @type {(facts: import("./decision.js").TicketFacts, one: Person | null, who: number | string) => Line} */
  const line = (ticket, one, who) => {
    const before = who === "" ? null : been(who, place.id);
    const history = before ? { admitted_at: isoOf(before.at), door: before.door, exited_at: isoOf(before.exitedAt) } : {};
    return { person: one, who, been: before, facts: ticket, verdict: decide(ticket, facts, history, iso, direction) };
  };
  const ticket = ticketFacts(found);
  if (!found.people.length) {
    const only = line(ticket, null, found.signature === "good" ? found.own : "");
    const answer = { id, ...describe(only, place, facts) };
    const absent = only.verdict === "unknown" && found.signature !== "good";
    // An unknown household: only the server can say who they are.
    return outcome(answer, [only], through, !absent && !found.pass && isFresh(only), place);
  }
  const coming = found.people.filter((one) => !one.cancelled);
  if (found.pass && !members) {
    const whole = line(passFacts(ticket, found.people[0], coming.length > 0, place), null, "");
    if (whole.verdict !== through) return outcome({ id, ...describe(whole, place, facts) }, [], through, true, place);
  }
  const chosen = members ? found.people.filter((one) => members.includes(one.attendee)) : found.pass ? coming : found.people;
  const lines = chosen.map((one) => line(personFacts(ticket, one, place), one, owner(one, place)));
  if (members) share(lines, through, place);
  const choose = lines.length > 1 && !members && lines.some((one) => one.verdict !== "already_admitted");
  const list = lines.map((one) => ({ attendee: one.person?.attendee ?? 0, ...describe(one, place, facts) }));
  const contact = found.people[0].name;
  if (choose) {
    const answer = { id, household: contact, members: /** @type {any} */ (list) };
    return { answer, sure: true, passed: [], leased: 0, own: false };
  }
  const best = lines.find((one) => one.verdict === through) ?? lines[0];
  if (lines.length > 1) {
    const body = { id, ...describe({ ...best, person: null }, place, facts), household: contact };
    return outcome({ ...body, members: /** @type {any} */ (list) }, lines, through, lines.every(isFresh), place);
  }
  const booked = best.person ? bookedLines(best.person, place, asked.now) : [];
  const body = { id, ...describe(best, place, facts), attendee: best.person?.attendee, booked };
  return outcome(body, lines, through, isFresh(best), place);
}

/** @param {Line} line */
function isFresh(line) {
  return !MAY_BE_STALE.includes(line.verdict);
}

/**
 * Several come in at once: whoever is beyond what this phone has to give away finds it full.
 * @param {Line[]} lines
 * @param {string} through
 * @param {Place} place
 */
function share(lines, through, place) {
  if (through !== "admitted") return;
  let seats = place.kind === "session" ? leaseLeft(place.id) : Infinity;
  let stock = place.stock_left ?? Infinity;
  /** @type {Set<number | string>} */
  const given = new Set();
  for (const line of lines) {
    if (line.verdict !== through || given.has(line.who)) continue;
    const seated = isSeated(line);
    if (stock < 1 || (!seated && seats < 1)) {
      line.verdict = "full";
      continue;
    }
    given.add(line.who);
    stock -= 1;
    if (!seated) seats -= 1;
  }
}

/** @param {Line} line */
function isSeated({ facts }) {
  return facts.booking === "confirmed" || facts.booking === "offered";
}

/**
 * @param {Answer} answer
 * @param {Line[]} lines
 * @param {string} through
 * @param {boolean} sure
 * @param {Place} place
 * @returns {Local}
 */
function outcome(answer, lines, through, sure, place) {
  const passed = lines.filter((line) => line.verdict === through);
  const leased = place.kind === "session" && through === "admitted" ? passed.filter((line) => !isSeated(line)).length : 0;
  const own = lines.length > 0 && lines.every(({ verdict, who }) => verdict === "already_admitted" && isUnsettled(who, place));
  const who = new Set(passed.map((line) => line.who).filter((one) => one !== ""));
  return { answer, sure, passed: [...who], leased, own };
}

/**
 * Whether this phone has let somebody in and the server has not said anything to that.
 * @param {number | string} who
 * @param {Place} place
 */
function isUnsettled(who, place) {
  return markOf(who, place.id)?.settledAt === 0;
}

// --- facts ----------------------------------------------------------------------------------------------------------

/**
 * @param {Found} found
 * @returns {import("./decision.js").TicketFacts}
 */
function ticketFacts(found) {
  const festival = rosterFrame()?.festival;
  // A good signature is enough: somebody who registered a minute ago is not in the roster yet.
  const record = found.people.length ? "found" : found.signature === "good" ? "unchecked" : "absent";
  const days = festival ? Math.round((Date.parse(festival.last_day) - Date.parse(festival.first_day)) / (24 * HOUR)) + 1 : 1;
  return {
    festival_id: found.festival,
    signature: found.signature,
    record,
    // The festival's own days, not the paper's: a storm may have moved them.
    valid_from: festival?.first_day ?? null,
    valid_days: days,
  };
}

/**
 * @param {import("./decision.js").TicketFacts} ticket
 * @param {Person} one
 * @param {Place} place
 */
function personFacts(ticket, one, place) {
  const booking = place.session === null ? undefined : one.bookings[place.session];
  return {
    ...ticket,
    revoked: one.revoked,
    cancelled: one.cancelled,
    booking: booking ? STATES[booking] : null,
    stamps: place.per_household ? Math.max(...household(one.registration).map((other) => other.stamps)) : one.stamps,
  };
}

/**
 * The pass itself, judged as if everybody had booked: only what stands against all of its people counts.
 * @param {import("./decision.js").TicketFacts} ticket
 * @param {Person} one
 * @param {boolean} anybody
 * @param {Place} place
 */
function passFacts(ticket, one, anybody, place) {
  return { ...ticket, revoked: one.passRevoked, cancelled: !anybody, booking: "confirmed", stamps: place.stamps_needed };
}

/**
 * Under whose number an admission is kept: where a household gets something once, its first person's.
 * @param {Person} one
 * @param {Place} place
 */
function owner(one, place) {
  return place.per_household ? (household(one.registration)[0]?.attendee ?? one.attendee) : one.attendee;
}

/**
 * @param {Place} place
 * @param {number} now
 * @returns {import("./decision.js").CheckpointFacts}
 */
function placeFacts(place, now) {
  const festival = rosterFrame()?.festival;
  const day = localIso(now).slice(0, 10);
  return {
    festival_id: festival?.id ?? 0,
    kind: place.kind,
    opens_at: place.opens && `${day}T${place.opens}:00+07:00`,
    closes_at: place.closes && `${day}T${place.closes}:00+07:00`,
    starts_at: place.starts_at,
    ends_at: place.ends_at,
    opens_before: place.opens_before,
    over: festival?.over ?? false,
    re_entry: place.re_entry,
    walk_ins: place.walk_ins,
    seats_left: leaseLeft(place.id),
    stock_left: place.stock_left,
    stamps_needed: place.stamps_needed,
  };
}

/** @param {number} at 0 for never */
function isoOf(at) {
  return at ? new Date(at).toISOString() : null;
}
