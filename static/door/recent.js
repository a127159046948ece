// What this phone scanned in the last quarter of an hour, so that it can be looked at and undone; kept a little longer
// where the roster does not know of it yet, or not yet that it was undone.

import { correctedNow } from "./clock.js";
import { readAll, write } from "./store.js";

/**
 * @typedef {object} Recent
 * @property {string} id of the scan
 * @property {number | null} attendee
 * @property {(number | string)[]} who all that went through with it
 * @property {string} name
 * @property {number} checkpoint
 * @property {string} at ISO 8601, corrected
 * @property {string} verdict
 * @property {"in" | "out"} direction
 * @property {number} answeredAt this phone's clock, 0 while the server has not answered
 * @property {boolean} [undone]
 * @property {number} [undoneAt] this phone's clock when the server had undone it
 */

const SHOWN = 15 * 60_000;
const THROUGH = ["admitted", "exited"];

/** @type {Map<string, Recent>} */
const scans = new Map();
/** @type {Set<() => void>} */
const listeners = new Set();

/** Reads what was left over when the page was closed. */
export async function loadRecent() {
  const kept = (await readAll("recent")).map(([, one]) => one);
  kept.sort((one, two) => (one.at < two.at ? -1 : 1));
  for (const one of kept) scans.set(one.id, one);
  return [...scans.values()];
}

/**
 * The scans of the last 15 minutes, newest first.
 * @returns {Recent[]}
 */
export function recentScans() {
  return [...scans.values()].filter((one) => !one.undone && !isOld(one)).reverse();
}

/** @param {Recent} scan */
function isOld({ at }) {
  return correctedNow() - Date.parse(at) >= SHOWN;
}

/**
 * @param {string} id
 * @returns {Recent | null}
 */
export function recentScan(id) {
  return scans.get(id) ?? null;
}

/** @param {() => void} listener */
export function onRecent(listener) {
  listeners.add(listener);
}

/**
 * Keeps a scan, or what is new about it.
 * @param {Recent} scan
 */
export async function keepRecent(scan) {
  scans.set(scan.id, scan);
  for (const listener of listeners) listener();
  await write([["recent", scan.id, scan]]).catch(() => undefined);
}

/**
 * Lets go of what the roster knows, which was asked for at that moment: scans that are old, and undone ones. Gives the
 * undone ones.
 * @param {number} askedAt
 * @returns {Promise<string[]>}
 */
export async function pruneRecent(askedAt) {
  const isTold = (/** @type {number | undefined} */ at) => Boolean(at && at < askedAt);
  const undone = [...scans.values()].filter((one) => one.undone && isTold(one.undoneAt));
  const old = [...scans.values()].filter((one) => !one.undone && isOld(one) && isTold(one.answeredAt));
  const gone = [...undone, ...old];
  for (const one of gone) scans.delete(one.id);
  if (gone.length) await write(gone.map((one) => ["recent", one.id, undefined])).catch(() => undefined);
  return undone.map((one) => one.id);
}

/**
 * Who went through by an answer of the server.
 * @param {import("./calls.js").Answer} answer
 * @returns {number[]}
 */
export function whoPassed({ verdict, attendee, members }) {
  if (members) return members.filter((member) => THROUGH.includes(member.verdict)).map((member) => member.attendee);
  return attendee && THROUGH.includes(verdict ?? "") ? [attendee] : [];
}

export function emptyRecent() {
  scans.clear();
  for (const listener of listeners) listener();
}
