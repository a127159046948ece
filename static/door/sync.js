// Keeps this phone and the server alike, by itself: sends what waits (sending.js), fetches what has changed, tries again
// after a silence. It is told to hurry when something was scanned; nobody has to press anything.

import { forgetNames, isLongOver, tryAsideForTheLastTime } from "./afterwards.js";
import { fetchRoster, sendOnDuty } from "./calls.js";
import { offset } from "./clock.js";
import { patience } from "./connection.js";
import { keepAgain } from "./keeping.js";
import { counts } from "./queue.js";
import { pruneRecent } from "./recent.js";
import { beginAnew, dropUndone, rosterFrame, saveRoster, takePage } from "./roster.js";
import { allowSending, askSlower, drain, hasSuspects, sendingEnds, stopSending, strikeSuspects, takePause } from "./sending.js";
import { read, write } from "./store.js";

const EVERY = 15_000;
const EVERY_AFTERWARDS = 10 * 60_000;
const SUSPECTS_AGAIN = 2_000;
const PAGES = 1_000;

/** @type {(reason: "revoked" | "unpaired") => void} */
let lapse = () => undefined;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** When the next round begins, by the page's own clock. */
let due = Infinity;
let started = false;
/** @type {Promise<boolean> | null} */
let fetching = null;
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
  allowSending((reason) => lapse(reason));
  globalThis.addEventListener?.("online", tryNow);
  globalThis.addEventListener?.("offline", tryNow); // a hint: it may be wrong
  globalThis.document?.addEventListener?.("visibilitychange", () => {
    if (!document.hidden) tryNow();
  });
  return cycle();
}

export function stopSync() {
  started = false;
  stopSending();
  clearTimeout(timer);
}

/** Resolves when nothing of it is under way any more. */
export async function syncEnded() {
  await Promise.allSettled([sendingEnds(), fetching]);
}

/** Tries at once: the network may be back, or somebody has asked for it. */
export function tryNow() {
  if (started) void cycle();
}

/** Sends what waits at once: something was scanned. Resolves when it was tried. */
export async function nudge() {
  if (!started) return;
  const fine = await drain();
  // The round that is due fetches the list too: at a busy door it must not be put off by each scan.
  const delay = hasSuspects() ? 0 : whenNext(fine);
  if (performance.now() + delay < due) schedule(delay);
}

/** One whole round: send, fetch, and say when the next one is due. */
async function cycle() {
  clearTimeout(timer);
  due = Infinity;
  await keepAgain();
  const sent = await drain();
  const fetched = sent || hasSuspects() ? await syncRoster() : false;
  if (!started) return;
  if (fetched) {
    await strikeSuspects();
    await sendDuty();
  }
  schedule(whenNext(sent && fetched));
}

/** @param {boolean} fine */
function whenNext(fine) {
  const pause = takePause();
  if (pause) return pause;
  if (!fine) return patience();
  if (hasSuspects()) return SUSPECTS_AGAIN;
  return ended ? EVERY_AFTERWARDS : EVERY;
}

/** @param {number} delay */
function schedule(delay) {
  clearTimeout(timer);
  if (!started) return;
  due = performance.now() + delay;
  timer = setTimeout(tryNow, delay);
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
  const whole = !since;
  // Taken over when all of them are there: until then the list of before is better than half a new one.
  const pages = [];
  for (let page = 0; page < PAGES; page += 1) {
    const result = await fetchRoster(since, counts().waiting);
    if (!started) return false;
    if ("failure" in result) {
      if (result.failure === "revoked" || result.failure === "unpaired") lapse(result.failure);
      if (result.failure === "too_fast") askSlower();
      return false;
    }
    if (isLongOver(result.body.festival)) {
      await end();
      return true;
    }
    pages.push(result.body);
    since = result.body.cursor;
    if (!result.body.more) break;
  }
  if (whole) beginAnew();
  for (const page of pages) takePage(page, askedAt);
  await saveRoster();
  for (const scan of await pruneRecent(askedAt)) dropUndone(scan);
  await write([["meta", "clock", offset()]]);
  return true;
}

/** The festival has long been over. */
async function end() {
  ended = true;
  if (tryAsideForTheLastTime()) await drain();
  await forgetNames();
}

/** Whether the server has told that the festival has long been over. */
export function hasEnded() {
  return ended;
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
