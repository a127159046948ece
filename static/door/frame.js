// The festival, its places and this phone, as the server told them last: everything of the roster but the people.

import { read, write } from "./store.js";

/**
 * @typedef {object} Place a checkpoint as the server tells it
 * @property {number} id
 * @property {"entrance" | "session" | "booth" | "volunteers" | "custom"} kind
 * @property {string} name
 * @property {string | null} opens "07:30", local time of each festival day
 * @property {string | null} closes
 * @property {string | null} starts_at ISO 8601
 * @property {string | null} ends_at
 * @property {number} opens_before
 * @property {boolean} re_entry
 * @property {boolean} walk_ins
 * @property {boolean} per_household
 * @property {number} stamps_needed
 * @property {number | null} stock_left
 * @property {number | null} session
 * @property {string} room
 * @property {string[]} skills
 * @property {number} lease
 * @property {any} stamp
 *
 * @typedef {{id: number, name: string, first_day: string, last_day: string, ends: string, over: boolean,
 *   public_key: string}} FestivalFacts
 * @typedef {{inside: number, total: number, capacity: number, percent: number, waiting?: number,
 *   doors_late?: number}} Headcount
 * @typedef {{id: number, ticket: string, short_code: string}} Slip
 *
 * @typedef {[number, string, string, string, string]} Sitting session, title, room, start, end
 *
 * @typedef {object} Frame everything but the people
 * @property {string} cursor
 * @property {string} scope
 * @property {FestivalFacts} festival
 * @property {{id: number, name: string, on_duty: string, mode: string}} device
 * @property {Place[]} checkpoints
 * @property {Sitting[]} sessions the programme, where people come for all of it
 * @property {Slip[]} slips
 * @property {Headcount | null} headcount
 * @property {number} [askedAt] this phone's clock, when the server was asked for it
 * @property {number} syncedAt this phone's clock, when it was told
 */

/** @type {Frame | null} */
let frame = null;
/**
 * What was given away, by scan, until the server's answer to it is in what the server tells.
 * @type {Map<string, {checkpoint: number, count: number, settledAt: number}>}
 */
const given = new Map();
/** @type {Set<number>} slips that are somebody's, though the server may not know yet */
const taken = new Set();

/**
 * Reads what is kept of that festival.
 * @param {number} festival
 */
export async function loadFrame(festival) {
  const kept = await read("meta", "frame");
  if (kept?.festival?.id === festival) frame = kept;
  return frame !== null;
}

/** @returns {Readonly<Frame> | null} */
export function rosterFrame() {
  return frame;
}

/** @param {Frame | null} told */
export function setFrame(told) {
  frame = told;
  if (!frame) return;
  frame.slips = frame.slips.filter((slip) => !taken.has(slip.id));
  for (const [scan, { checkpoint, count, settledAt }] of given) {
    const place = checkpointOf(checkpoint);
    if (settledAt && settledAt < (frame.askedAt ?? 0)) given.delete(scan);
    else if (place) place.lease = Math.max(0, place.lease - count);
  }
}

/**
 * The server has answered that scan: what it tells from now on counts it.
 * @param {string} scan
 */
export function settleLease(scan) {
  const one = given.get(scan);
  if (one) one.settledAt = Date.now();
}

/**
 * @param {number} id
 * @returns {Place | null}
 */
export function checkpointOf(id) {
  return frame?.checkpoints.find((one) => one.id === id) ?? null;
}

/**
 * Seats or places that this phone may still give away without asking.
 * @param {number} checkpoint
 */
export function leaseLeft(checkpoint) {
  return checkpointOf(checkpoint)?.lease ?? 0;
}

/**
 * Uses some of them.
 * @param {number} checkpoint
 * @param {string} scan with which they are given away
 * @param {number} [count]
 */
export function useLease(checkpoint, scan, count = 1) {
  const found = checkpointOf(checkpoint);
  if (!found) return;
  given.set(scan, { checkpoint, count, settledAt: 0 });
  found.lease = Math.max(0, found.lease - count);
  keepFrame();
}

/**
 * Some of a custom checkpoint's things have been given out.
 * @param {number} checkpoint
 * @param {number} count
 */
export function useStock(checkpoint, count) {
  const found = checkpointOf(checkpoint);
  if (found?.stock_left) {
    found.stock_left = Math.max(0, found.stock_left - count);
    keepFrame();
  }
}

/**
 * A blank ticket for a walk-in, each once; null when there is none left.
 * @returns {Slip | null}
 */
export function takeSlip() {
  const slip = frame?.slips.shift() ?? null;
  if (slip) noteSlip(slip.id);
  return slip;
}

/**
 * A slip is somebody's: it is given to nobody else, even if the server tells of it once more.
 * @param {number} id
 */
export function noteSlip(id) {
  taken.add(id);
  if (!frame) return;
  frame.slips = frame.slips.filter((slip) => slip.id !== id);
  keepFrame();
}

/** Not waited for: the same is told again by the next answer. */
function keepFrame() {
  void write([["meta", "frame", frame ?? undefined]]).catch(() => undefined);
}
