// What this phone says about somebody, in the shape of the server's answers.

import { rosterFrame } from "./frame.js";

/**
 * @typedef {import("./people.js").Person} Person
 * @typedef {import("./frame.js").Place} Place
 */

const STATES = { c: "confirmed", w: "waitlisted", o: "offered" };
const TELLS_BOOKINGS = ["entrance", "session"];
const HOUR = 3_600_000;

/**
 * One person's verdict in the words of the answer.
 * @param {import("./judge-here.js").Line} line
 * @param {Place} place
 * @param {import("./decision.js").CheckpointFacts} facts
 */
export function describe(line, place, facts) {
  const { verdict } = line;
  /** @type {{verdict: import("./decision.js").Verdict, name?: string, first?: any, opens?: any, missing?: number}} */
  const body = { verdict };
  if (line.person) body.name = line.person.name;
  if (verdict === "already_admitted" && line.been) {
    body.first = { ...clockAndDay(line.been.at), door: line.been.door, iso: new Date(line.been.at).toISOString() };
  }
  if (verdict === "too_early") {
    const start = Date.parse(facts.starts_at ?? "") - place.opens_before * 60_000;
    body.opens = clockAndDay(facts.opens_at ? Date.parse(facts.opens_at) : start);
  }
  if (verdict === "not_earned") body.missing = place.stamps_needed - (line.facts.stamps ?? 0);
  return body;
}

/**
 * What the person has booked: this session at a session's door, all of the day's at an entrance. Elsewhere nobody needs
 * to know, and the server does not tell it either.
 * @param {Person} one
 * @param {Place} place
 * @param {number} now
 */
export function bookedLines(one, place, now) {
  if (!TELLS_BOOKINGS.includes(place.kind)) return [];
  const today = localIso(now).slice(0, 10);
  const own = { id: place.session, title: place.name, room: place.room, start: place.starts_at, end: place.ends_at };
  const sittings = (rosterFrame()?.sessions ?? []).map(([id, title, room, start, end]) => ({ id, title, room, start, end }));
  const known = sittings.some((one) => one.id === own.id) || own.id === null ? sittings : [own, ...sittings];
  return known
    .filter(({ id, start }) => id !== null && one.bookings[id] && start && localIso(Date.parse(start)).startsWith(today))
    .filter(({ id }) => place.session === null || id === place.session)
    .map(({ id, title, room, start, end }) => ({
      title,
      room,
      starts: clockAndDay(Date.parse(start ?? "")).at,
      ends: clockAndDay(Date.parse(end ?? "")).at,
      state: STATES[one.bookings[/** @type {number} */ (id)]],
    }));
}

/**
 * Hour and day in Vietnam, as the server writes them.
 * @param {number} at milliseconds
 */
export function clockAndDay(at) {
  const [day, clock] = localIso(at).split("T");
  return { at: clock.slice(0, 5), day: day.split("-").reverse().join("/") };
}

/**
 * On a clock in Vietnam, which has had no summer time since 1975; "T" for no moment.
 * @param {number} at milliseconds
 */
export function localIso(at) {
  return Number.isFinite(at) ? new Date(at + 7 * HOUR).toISOString() : "T";
}
