// Sending what waits: walk-ins, then scans, then undos, in batches. One that the server refuses, fails on or wants later
// stands in nobody's way.

import { sendBatch } from "./calls.js";
import { counts, next, noteTries, postpone, putAside, settle, waiting, withdraw } from "./queue.js";

/** @typedef {import("./queue.js").Kind} Kind */
/** @typedef {import("./queue.js").Entry} Entry */
/** @typedef {"walk_ins" | "scans" | "undos"} List */

const BATCH = 200;
/** What the server takes in one call. */
const LARGEST = { walk_in: 50, scan: BATCH, undo: 100 };
const TOO_FAST = 30_000;
/** Typed codes that the server wants later: it counts the unknown ones over ten minutes. */
const LATER = 60_000;
const STRIKES = 2;

/** @type {[Kind, List][]} */
const ORDER = [
  ["walk_in", "walk_ins"],
  ["scan", "scans"],
  ["undo", "undos"],
];

/** @type {Set<string>} single ones that the server failed on */
const suspects = new Set();
/** @type {Promise<boolean> | null} */
let draining = null;
let hurry = false;
let size = BATCH;
let pause = 0;
let stopped = true;
/** @type {(reason: "revoked" | "unpaired") => void} */
let lapse = () => undefined;

/** @param {(reason: "revoked" | "unpaired") => void} whenLapsed called when the server says that this phone is not paired */
export function allowSending(whenLapsed) {
  stopped = false;
  lapse = whenLapsed;
}

export function stopSending() {
  stopped = true;
}

/** Resolves when nothing is on its way any more. */
export async function sendingEnds() {
  await draining;
}

/** Whether single ones are left that the server failed on. */
export function hasSuspects() {
  return suspects.size > 0;
}

/** How long the server wants to be left alone, in milliseconds; 0 for not at all. Asked once. */
export function takePause() {
  const wanted = pause;
  pause = 0;
  return wanted;
}

/** The server wants to be left alone for a while. */
export function askSlower() {
  pause = TOO_FAST;
}

/** Sends all that waits; false when the server did not take it. One at a time: a second call makes the first look again. */
export function drain() {
  if (draining) hurry = true;
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
 * @param {List} list
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
    if (stopped) return false;
    if ("answers" in result) {
      await takeAnswers(batch, result.answers);
      for (const entry of batch) suspects.delete(entry.id);
      failedInARow = 0;
      size = Math.min(BATCH, size * 2);
      if (result.answers.some((answer) => answer.kept)) lapse("revoked");
      continue;
    }
    if (result.failure === "revoked" || result.failure === "unpaired") lapse(result.failure);
    if (result.failure === "too_fast") {
      if (postponeTyped(batch)) continue;
      askSlower();
      return true; // the server is well: what is of another kind goes on
    }
    if (result.failure !== "broken" && result.failure !== "refused") return false;
    if (batch.length > 1) {
      size = Math.ceil(Math.min(size, batch.length) / 2);
      continue;
    }
    if (result.failure === "refused") {
      await refuse(batch[0], String(result.status));
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
 * Typed codes are what the server may have enough of: the others are sent without them. False: there are none.
 * @param {Entry[]} batch
 */
function postponeTyped(batch) {
  const typed = batch.filter(isTyped);
  postpone(typed, LATER);
  return typed.length > 0;
}

/** @param {Entry} entry */
function isTyped({ body }) {
  return Boolean(body.code || body.attendee);
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
  /** @type {Entry[]} */
  const later = [];
  for (const [at, entry] of batch.entries()) {
    const answer = answers[at];
    const refusal = answer?.refused ?? (answer?.outcome === "invalid" ? (answer.field ?? "invalid") : null);
    if (answer?.later) later.push(entry);
    else if (refusal === null && answer) taken.push([entry, answer]);
    else await refuse(entry, String(refusal ?? "answer"));
  }
  // As long as it takes some typed codes, the next call may bring the others.
  if (!taken.some(([entry]) => isTyped(entry))) postpone(later, LATER);
  await settle(taken);
}

/**
 * Kept and shown, but not sent again by itself; after the festival it gets one more try, and then goes.
 * @param {Entry} entry
 * @param {string} reason
 */
function refuse(entry, reason) {
  return entry.last ? withdraw(entry.id) : putAside(entry, reason);
}

/** The server is well, so what it failed on twice is to blame itself. */
export async function strikeSuspects() {
  const struck = waiting().filter((entry) => suspects.has(entry.id));
  suspects.clear();
  for (const entry of struck) {
    entry.strikes += 1;
    if (entry.strikes >= STRIKES) await putAside(entry, "500");
    else suspects.add(entry.id);
  }
}
