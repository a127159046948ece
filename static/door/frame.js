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
 * @property {number} syncedAt this phone's clock
 */

/** @type {Frame | null} */
let frame = null;

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
 * Uses one of them; false when there is none.
 * @param {number} checkpoint
 */
export function useLease(checkpoint) {
  const found = checkpointOf(checkpoint);
  if (!found || found.lease <= 0) return false;
  found.lease -= 1;
  keepFrame();
  return true;
}

/**
 * One of a custom checkpoint's things has been given out.
 * @param {number} checkpoint
 */
export function useStock(checkpoint) {
  const found = checkpointOf(checkpoint);
  if (found?.stock_left) {
    found.stock_left -= 1;
    keepFrame();
  }
}

/**
 * A blank ticket for a walk-in, each once; null when there is none left.
 * @returns {Slip | null}
 */
export function takeSlip() {
  const slip = frame?.slips.shift() ?? null;
  if (slip) keepFrame();
  return slip;
}

/** Not waited for: the same is told again by the next answer. */
function keepFrame() {
  void write([["meta", "frame", frame ?? undefined]]).catch(() => undefined);
}
