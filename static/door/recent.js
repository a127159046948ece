// What this phone scanned in the last quarter of an hour, so that it can be looked at and undone; kept a little longer
// where the roster does not know of it yet.

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
 */

const SHOWN = 15 * 60_000;

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
 * @param {number} [now] milliseconds
 * @returns {Recent[]}
 */
export function recentScans(now = Date.now()) {
  return [...scans.values()].filter((one) => now - Date.parse(one.at) < SHOWN).reverse();
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
 * Takes a scan away: it was undone.
 * @param {string} id
 */
export async function dropRecent(id) {
  scans.delete(id);
  for (const listener of listeners) listener();
  await write([["recent", id, undefined]]).catch(() => undefined);
}

/**
 * Lets go of what is old and known to the roster, which was asked for at that moment.
 * @param {number} askedAt
 */
export async function pruneRecent(askedAt) {
  const old = [...scans.values()].filter(
    (one) => Date.now() - Date.parse(one.at) >= SHOWN && one.answeredAt && one.answeredAt < askedAt,
  );
  for (const one of old) scans.delete(one.id);
  if (old.length) await write(old.map((one) => ["recent", one.id, undefined])).catch(() => undefined);
}

export function emptyRecent() {
  scans.clear();
  for (const listener of listeners) listener();
}
