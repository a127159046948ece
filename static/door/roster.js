// Who is registered, and what the festival and its places are: as the server told it last, in memory as maps, on disk
// in 64 encrypted buckets. What this phone itself has let in since then is marked at once.

import { loadFrame, rosterFrame, setFrame } from "./frame.js";
import { dropMarks, dropTold } from "./marks.js";
import { allRows, emptyPeople, placeRow } from "./people.js";
import { clear, readAll, write } from "./store.js";

export { checkpointOf, leaseLeft, noteSlip, rosterFrame, settleLease, takeSlip, useLease, useStock } from "./frame.js";
export { dropUndone, noteUndone, settleMarks } from "./marks.js";
export {
  been,
  byCode,
  byPhoneTail,
  bySlip,
  byTicket,
  household,
  noteAdmission,
  noteExit,
  person,
  search,
  size,
} from "./people.js";

/** @typedef {import("./people.js").Person} Person */
/** @typedef {import("./frame.js").Place} Place */

const BUCKETS = 64;

/** @type {Set<number>} buckets that are not on disk */
const unsaved = new Set();
/** @type {import("./frame.js").Sitting[]} */
let sessions = [];
/** @type {Set<() => void>} */
const listeners = new Set();

/**
 * Reads what is kept. Gives whether there is a roster to judge by.
 * @param {number} festival of another one nothing is used
 */
export async function loadRoster(festival) {
  if (!(await loadFrame(festival))) return false;
  sessions = rosterFrame()?.sessions ?? [];
  for (const [, bucket] of await readAll("roster")) for (const row of bucket) placeRow(row);
  tell();
  return true;
}

/** Whether there is a roster to judge by. */
export function hasRoster() {
  return rosterFrame() !== null;
}

/** @param {() => void} listener called after each change */
export function onRoster(listener) {
  listeners.add(listener);
}

function tell() {
  for (const listener of listeners) listener();
}

/**
 * Takes over one page of the server's answer. Nothing is on disk before `saveRoster`.
 * @param {any} page
 * @param {number} askedAt this phone's clock when the first of the pages was asked for
 */
export function takePage(page, askedAt) {
  if (page.reset) empty();
  // Only the first page of a round names them.
  if (page.sessions?.length) sessions = page.sessions;
  for (const row of page.people ?? []) {
    placeRow(row);
    unsaved.add(row[0] % BUCKETS);
  }
  if (page.more) return;
  setFrame({
    cursor: page.cursor,
    scope: page.scope,
    festival: page.festival,
    device: page.device,
    checkpoints: page.checkpoints ?? [],
    sessions,
    slips: page.slips ?? [],
    headcount: page.headcount ?? null,
    askedAt,
    syncedAt: Date.now(),
  });
  dropTold(askedAt);
  tell();
}

/** A whole roster is about to come: nobody of before stays. */
export function beginAnew() {
  empty();
}

/** Puts what has changed on disk, people and cursor together. */
export async function saveRoster() {
  const frame = rosterFrame();
  if (!frame) return;
  /** @type {Map<number, any[]>} */
  const buckets = new Map([...unsaved].map((number) => [number, []]));
  for (const row of allRows()) buckets.get(row[0] % BUCKETS)?.push(row);
  /** @type {import("./store.js").Change[]} */
  const changes = [...buckets].map(([number, rows]) => ["roster", String(number), rows]);
  await write([...changes, ["meta", "frame", frame]]);
  for (const number of buckets.keys()) unsaved.delete(number);
}

/** Forgets everybody, here and on disk. */
export async function dropRoster() {
  empty();
  dropMarks();
  unsaved.clear();
  sessions = [];
  setFrame(null);
  await clear("roster");
  await write([["meta", "frame", undefined]]);
  tell();
}

function empty() {
  emptyPeople();
  for (let number = 0; number < BUCKETS; number += 1) unsaved.add(number);
}
