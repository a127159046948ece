// Keeps this phone and the server alike, by itself: sends what waits (walk-ins, then scans, then undos), fetches what
// has changed, tries again after a silence. It is told to hurry when something was scanned; nobody has to press anything.

import { fetchRoster, sendBatch, sendOnDuty } from "./calls.js";
import { offset, correctedNow } from "./clock.js";
import { patience } from "./connection.js";
import { counts, next, noteTries, putAside, settle, waiting } from "./queue.js";
import { pruneRecent } from "./recent.js";
import { beginAnew, dropRoster, rosterFrame, saveRoster, takePage } from "./roster.js";
import { read, write } from "./store.js";

/** @typedef {import("./queue.js").Kind} Kind */
/** @typedef {import("./queue.js").Entry} Entry */

const BATCH = 200;
/** What the server takes in one call. */
const LARGEST = { walk_in: 50, scan: BATCH, undo: 100 };
const EVERY = 15_000;
const EVERY_AFTERWARDS = 10 * 60_000;
const SUSPECTS_AGAIN = 2_000;
const TOO_FAST = 30_000;
const STRIKES = 2;
const PAGES = 1_000;
const AFTERWARDS = 12 * 3_600_000;

/** @type {[Kind, "walk_ins" | "scans" | "undos"][]} */
const ORDER = [
  ["walk_in", "walk_ins"],
  ["scan", "scans"],
  ["undo", "undos"],
];

/** @type {Set<string>} single ones that the server failed on */
const suspects = new Set();
/** @type {(reason: "revoked" | "unpaired") => void} */
let lapse = () => undefined;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let started = false;
/** @type {Promise<boolean> | null} */
let draining = null;
let hurry = false;
/** @type {Promise<boolean> | null} */
let fetching = null;
let size = BATCH;
let pause = 0;
let ended = false;

/**
 * Begins. `whenLapsed` is called once when the server says that this phone is no longer paired.
 * @param {(reason: "revoked" | "unpaired") => void} whenLapsed
 */
export function startSync(whenLapsed) {
  lapse = (reason) => {
    stopSync();
    lapse = () => undefined;
    whenLapsed(reason);
  };
  started = true;
  globalThis.addEventListener?.("online", tryNow);
  globalThis.addEventListener?.("offline", tryNow); // a hint: it may be wrong
  globalThis.document?.addEventListener?.("visibilitychange", () => {
    if (!document.hidden) tryNow();
  });
  return cycle();
}

export function stopSync() {
  started = false;
  clearTimeout(timer);
}

/** Resolves when nothing of it is under way any more. */
export async function syncEnded() {
  await Promise.allSettled([draining, fetching]);
}

/** Tries at once: the network may be back, or somebody has asked for it. */
export function tryNow() {
  if (started) void cycle();
}

/** Sends what waits at once: something was scanned. Resolves when it was tried. */
export async function nudge() {
  if (!started) return;
  if (draining) {
    hurry = true;
    await draining;
    return;
  }
  const fine = await drain();
  if (suspects.size) schedule(0);
  else schedule(fine ? EVERY : patience());
}

/** One whole round: send, fetch, and say when the next one is due. */
async function cycle() {
  clearTimeout(timer);
  const sent = await drain();
  const fetched = sent || suspects.size ? await syncRoster() : false;
  if (!started) return;
  if (fetched) {
    await strikeSuspects();
    await sendDuty();
  }
  schedule(whenNext(sent && fetched));
  pause = 0;
}

/** @param {boolean} fine */
function whenNext(fine) {
  if (pause) return pause;
  if (!fine) return patience();
  if (suspects.size) return SUSPECTS_AGAIN;
  return ended ? EVERY_AFTERWARDS : EVERY;
}

/** @param {number} delay */
function schedule(delay) {
  clearTimeout(timer);
  if (started) timer = setTimeout(tryNow, delay);
}

// --- sending --------------------------------------------------------------------------------------------------------

/** Sends all that waits; false when the server did not take it. One at a time. */
function drain() {
  draining ??= drainAll().finally(() => {
    draining = null;
  });
  return draining;
}

async function drainAll() {
  do {
    hurry = false;
    for (const [kind, list] of ORDER) if (!(await drainKind(kind, list))) return false;
  } while (hurry);
  return true;
}

/**
 * The server's trouble with a batch is looked for by halves. A single one that it fails on is passed by; when the next
 * one fails too, it is the server that is ill.
 * @param {Kind} kind
 * @param {"walk_ins" | "scans" | "undos"} list
 */
async function drainKind(kind, list) {
  /** @type {Set<string>} */
  const failed = new Set();
  let failedInARow = 0;
  for (;;) {
    const batch = next(kind, Math.min(size, LARGEST[kind]), failed);
    if (!batch.length) {
      for (const id of failed) suspects.add(id);
      return true;
    }
    const bodies = batch.map(bodyOf);
    noteTries(batch);
    const result = await sendBatch(list, bodies, Math.max(0, counts().waiting - batch.length));
    if (!started) return false;
    if ("answers" in result) {
      await takeAnswers(batch, result.answers);
      for (const entry of batch) suspects.delete(entry.id);
      failedInARow = 0;
      size = Math.min(BATCH, size * 2);
      if (result.answers.some((answer) => answer.kept)) lapse("revoked");
      continue;
    }
    if (result.failure === "revoked" || result.failure === "unpaired") lapse(result.failure);
    if (result.failure === "too_fast") pause = TOO_FAST;
    if (result.failure !== "broken" && result.failure !== "refused") return false;
    if (batch.length > 1) {
      size = Math.ceil(Math.min(size, batch.length) / 2);
      continue;
    }
    if (result.failure === "refused") {
      await putAside(batch[0], String(result.status));
      continue;
    }
    failed.add(batch[0].id);
    failedInARow += 1;
    if (failedInARow > 1) {
      for (const id of failed) suspects.add(id);
      return false;
    }
  }
}

/**
 * @param {Entry} entry
 * @returns {object}
 */
function bodyOf(entry) {
  // Sent before without an answer: the door has acted on what it showed.
  return entry.tries && "offline" in entry.body ? { ...entry.body, offline: true } : entry.body;
}

/**
 * @param {Entry[]} batch
 * @param {any[]} answers in the same order
 */
async function takeAnswers(batch, answers) {
  /** @type {[Entry, any][]} */
  const taken = [];
  for (const [at, entry] of batch.entries()) {
    const answer = answers[at];
    const refusal = answer?.refused ?? (answer?.outcome === "invalid" ? (answer.field ?? "invalid") : null);
    if (refusal === null && answer) taken.push([entry, answer]);
    else await putAside(entry, String(refusal ?? "answer"));
  }
  await settle(taken);
}

/** The server is well, so what it failed on twice is to blame itself. */
async function strikeSuspects() {
  const struck = waiting().filter((entry) => suspects.has(entry.id));
  suspects.clear();
  for (const entry of struck) {
    entry.strikes += 1;
    if (entry.strikes >= STRIKES) await putAside(entry, "500");
    else suspects.add(entry.id);
  }
}

// --- fetching -------------------------------------------------------------------------------------------------------

/** Fetches what has changed since the last time; false when the server did not answer. One at a time. */
function syncRoster() {
  fetching ??= fetchAll().finally(() => {
    fetching = null;
  });
  return fetching;
}

async function fetchAll() {
  const askedAt = Date.now();
  let since = rosterFrame()?.cursor ?? "";
  if (!since) beginAnew();
  for (let page = 0; page < PAGES; page += 1) {
    const result = await fetchRoster(since, counts().waiting);
    if (!started) return false;
    if ("failure" in result) {
      if (result.failure === "revoked" || result.failure === "unpaired") lapse(result.failure);
      return false;
    }
    if (isLongOver(result.body.festival)) {
      ended = true;
      if (!counts().waiting) await dropRoster();
      return true;
    }
    takePage(result.body, askedAt);
    since = result.body.cursor;
    if (!result.body.more) break;
  }
  if (!started) return false;
  await saveRoster();
  await pruneRecent(askedAt);
  await write([["meta", "clock", offset()]]);
  return true;
}

/**
 * Half a day after the festival nobody's name is needed here any more.
 * @param {{ends: string} | undefined} festival
 */
export function isLongOver(festival) {
  return festival !== undefined && correctedNow() > Date.parse(festival.ends) + AFTERWARDS;
}

// --- who is on duty -------------------------------------------------------------------------------------------------

/**
 * Keeps who has the phone in hand; it is sent now or when the network is back.
 * @param {string} name
 */
export async function changeDuty(name) {
  await write([["meta", "on_duty", name]]);
  await sendDuty();
}

/** @returns {Promise<string | undefined>} a name that the server does not know yet */
export function dutyToSend() {
  return read("meta", "on_duty");
}

async function sendDuty() {
  const name = await dutyToSend();
  if (name === undefined) return;
  const result = await sendOnDuty(name);
  if (!("failure" in result) || result.failure === "refused") await write([["meta", "on_duty", undefined]]);
}
