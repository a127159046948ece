// What the server has not confirmed yet: scans, undos and walk-ins, each on disk before anything is shown (where the
// disk takes it: keeping.js). Nothing leaves the queue but by the server's answer; what the server refuses is put aside,
// kept and shown.

import { keepEntry, noMoreToKeep, onKeeping } from "./keeping.js";
import { readAll, write } from "./store.js";

/**
 * @typedef {"scan" | "undo" | "walk_in"} Kind
 *
 * @typedef {object} Entry
 * @property {string} id
 * @property {Kind} kind
 * @property {any} body as the call wants it
 * @property {number} festival
 * @property {number} at this phone's clock
 * @property {number} tries
 * @property {number} strikes how often the server failed on this one alone
 * @property {string} aside why it was put aside, "" while it waits
 * @property {number} [asideAt] this phone's clock
 * @property {string} label what it was, for people: a name or a short code
 * @property {boolean} [own] it met somebody whom this phone had let in itself, and the server did not know yet
 * @property {number} [later] the server wants it not before that moment, by the page's own clock
 * @property {boolean} [last] it was refused once, and is tried for the last time
 *
 * @typedef {{waiting: number, aside: number, foreign: number}} Counts foreign: of another festival
 */

const ANSWERS_KEPT = 300;

/** @type {Map<string, Entry>} in the order in which they were made */
const entries = new Map();
/** @type {Map<string, any>} */
const answers = new Map();
/** @type {Map<string, ((answer: any) => void)[]>} */
const waiters = new Map();
/** @type {Set<() => void>} */
const listeners = new Set();
/** @type {Set<(entry: Entry, answer: any) => void>} */
const answered = new Set();
/** @type {Set<(entry: Entry) => void>} */
const enqueued = new Set();
let festival = 0;

onKeeping(tell);

/**
 * Reads what was left over when the page was closed.
 * @param {number} ofFestival what is of another one waits until the phone belongs to that one again
 */
export async function loadQueue(ofFestival) {
  festival = ofFestival;
  for (const [, kept] of await readAll("queue")) {
    // It may have reached the server or not: what counts is what the door showed.
    if (!entries.has(kept.id)) entries.set(kept.id, { ...kept, tries: kept.tries + 1, later: 0 });
  }
  const ordered = [...entries.values()].sort((one, two) => one.at - two.at);
  entries.clear();
  for (const entry of ordered) entries.set(entry.id, entry);
  tell();
}

/**
 * Keeps something to be sent; resolves once it is on disk. False: it is in memory only, the disk refused.
 * @param {Kind} kind
 * @param {any} body with its `id`
 * @param {string} [label]
 * @param {boolean} [own]
 * @returns {Promise<boolean>}
 */
export async function enqueue(kind, body, label = "", own = false) {
  /** @type {Entry} */
  const entry = { id: body.id, kind, body, festival, at: Date.now(), tries: 0, strikes: 0, aside: "", label, own };
  entries.set(entry.id, entry);
  const lasting = await keepEntry(entry);
  for (const listener of enqueued) listener(entry);
  tell();
  return lasting;
}

/**
 * The server's answer to what has that id, as soon as there is one.
 * @param {string} id
 * @returns {Promise<any>}
 */
export function answerTo(id) {
  if (answers.has(id)) return Promise.resolve(answers.get(id));
  return new Promise((resolve) => waiters.set(id, [...(waiters.get(id) ?? []), resolve]));
}

/** @param {() => void} listener called when something comes, goes or is put aside */
export function onQueueChange(listener) {
  listeners.add(listener);
}

/** @param {(entry: Entry) => void} listener called with each one that is kept */
export function onEnqueued(listener) {
  enqueued.add(listener);
}

/** @param {(entry: Entry, answer: any) => void} listener called with each answer of the server, also late ones */
export function onAnswer(listener) {
  answered.add(listener);
}

function tell() {
  for (const listener of listeners) listener();
}

/**
 * The next ones to be sent, oldest first.
 * @param {Kind} kind
 * @param {number} most
 * @param {Set<string>} [without]
 * @returns {Entry[]}
 */
export function next(kind, most, without) {
  const found = [];
  for (const entry of entries.values()) {
    if (found.length >= most) break;
    if (entry.kind === kind && isWaiting(entry) && isDue(entry) && !without?.has(entry.id)) found.push(entry);
  }
  return found;
}

/** @param {Entry} entry */
function isWaiting(entry) {
  return !entry.aside && entry.festival === festival;
}

/**
 * Not before the moment that the server wishes, and no undo before its scan.
 * @param {Entry} entry
 */
function isDue({ kind, body, later }) {
  if (later && later > performance.now()) return false;
  return kind !== "undo" || !waiting().some((other) => other.kind !== "undo" && scanOf(other) === body.scan);
}

/**
 * The scan that an entry is, or that it brings.
 * @param {Entry} entry
 * @returns {string}
 */
export function scanOf({ kind, id, body }) {
  return kind === "walk_in" ? body.scan : id;
}

/** @returns {Counts} */
export function counts() {
  const found = { waiting: 0, aside: 0, foreign: 0 };
  for (const entry of entries.values()) {
    if (entry.festival !== festival) found.foreign += 1;
    else if (entry.aside) found.aside += 1;
    else found.waiting += 1;
  }
  return found;
}

/** @returns {Entry[]} what waits, of this festival */
export function waiting() {
  return [...entries.values()].filter(isWaiting);
}

/** @returns {Entry[]} */
export function putAsideOnes() {
  return [...entries.values()].filter((entry) => entry.aside && entry.festival === festival);
}

/** @param {Entry[]} sent */
export function noteTries(sent) {
  for (const entry of sent) entry.tries += 1;
}

/**
 * The server has answered these; they leave the queue.
 * @param {[Entry, any][]} pairs
 */
export async function settle(pairs) {
  for (const [entry, answer] of pairs) {
    forget(entry.id);
    answers.set(entry.id, answer);
    if (answers.size > ANSWERS_KEPT) answers.delete(/** @type {string} */ (answers.keys().next().value));
    resolveWaiters(entry.id, answer);
    for (const listener of answered) listener(entry, answer);
  }
  tell();
  // If this fails they are sent again, and get the same answers.
  await write(pairs.map(([entry]) => ["queue", entry.id, undefined])).catch(() => undefined);
}

/**
 * The server takes them later, by its own wish: until then they stand in nobody's way. Whoever waits for the answer is
 * told so (`later`).
 * @param {Entry[]} some
 * @param {number} delay milliseconds
 */
export function postpone(some, delay) {
  for (const entry of some) {
    entry.later = performance.now() + delay;
    resolveWaiters(entry.id, { id: entry.id, later: true });
  }
}

/** @returns {boolean} whether something waits only because the server wants it later */
export function hasPostponed() {
  return waiting().some((entry) => !isDue(entry));
}

/**
 * Keeps it, but does not send it again by itself, so that it stands in nobody's way.
 * @param {Entry} entry
 * @param {string} reason
 */
export async function putAside(entry, reason) {
  entry.aside = reason;
  entry.asideAt = Date.now();
  const answer = { id: entry.id, refused: reason };
  resolveWaiters(entry.id, answer);
  for (const listener of answered) listener(entry, answer);
  tell();
  await write([["queue", entry.id, entry]]).catch(() => undefined);
}

/** Lets what was put aside be tried once more, and what was postponed at once. */
export function retryAside() {
  for (const entry of entries.values()) Object.assign(entry, { aside: "", strikes: 0, later: 0 });
  tell();
}

/**
 * Lets them be tried once more; what is refused again then is dropped.
 * @param {Entry[]} some
 */
export function tryLast(some) {
  for (const entry of some) Object.assign(entry, { aside: "", strikes: 0, last: true });
  tell();
}

/**
 * @param {string} id
 * @param {any} answer
 */
function resolveWaiters(id, answer) {
  for (const resolve of waiters.get(id) ?? []) resolve(answer);
  waiters.delete(id);
}

/** @param {string} id */
function forget(id) {
  noMoreToKeep(id);
  return entries.delete(id);
}

/**
 * Takes back what was never shown to anybody as done.
 * @param {string} id
 */
export async function withdraw(id) {
  if (!forget(id)) return;
  waiters.delete(id);
  tell();
  await write([["queue", id, undefined]]).catch(() => undefined);
}

/** Forgets what is in memory; what is on disk is for `wipe` of the store. */
export function emptyQueue() {
  for (const id of [...entries.keys()]) forget(id);
  waiters.clear();
  tell();
}
