// Leaving nothing behind. A phone that was revoked hands in what it has scanned and forgets everything; one whose pairing
// got lost forgets the people but keeps its unsent scans, sealed, until it is paired again.

import { sendBatch } from "./calls.js";
import { emptyQueue, putAsideOnes, waiting } from "./queue.js";
import { emptyRecent } from "./recent.js";
import { dropRoster } from "./roster.js";
import { clear, wipe } from "./store.js";

const BATCH = 200;
const TRIES = 3;
const BETWEEN_TRIES = 2000;

/** @type {["walk_in" | "scan" | "undo", "walk_ins" | "scans" | "undos"][]} */
const ORDER = [
  ["walk_in", "walk_ins"],
  ["scan", "scans"],
  ["undo", "undos"],
];

/**
 * Forgets all people and all pages; the queue stays. Resolves when it is done.
 */
export async function forgetPeople() {
  await dropRoster();
  emptyRecent();
  await clear("recent", "meta");
  await forgetPages();
}

/**
 * Hands in what was scanned before the phone was revoked, also what the server once refused. False: the server could
 * not be reached, or failed on something; it is asked again when the page is opened the next time.
 */
export async function handIn() {
  const left = [...waiting(), ...putAsideOnes()];
  let fine = true;
  for (const [kind, list] of ORDER) {
    const bodies = left.filter((entry) => entry.kind === kind).map(({ body }) => asOffline(body));
    // Typed codes by themselves: the server may have enough of them, and only of them.
    for (const rest of [bodies.filter((body) => !body.code), bodies.filter((body) => body.code)]) {
      for (let from = 0; from < rest.length; from += BATCH) {
        fine = (await handInBatch(list, rest.slice(from, from + BATCH))) && fine;
      }
    }
  }
  return fine;
}

/** @param {any} body */
function asOffline(body) {
  return "offline" in body ? { ...body, offline: true } : body;
}

/**
 * @param {"walk_ins" | "scans" | "undos"} list
 * @param {object[]} bodies
 * @returns {Promise<boolean>}
 */
async function handInBatch(list, bodies) {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const result = await sendBatch(list, bodies, 0);
    if ("answers" in result) return !result.answers.some((answer) => answer?.later);
    // After a day nothing is taken any more: then it has to go all the same.
    if (result.failure === "revoked" || result.failure === "unpaired") return true;
    if (result.failure === "refused" || result.failure === "broken") {
      if (bodies.length === 1) return result.failure === "refused";
      const half = Math.ceil(bodies.length / 2);
      const first = await handInBatch(list, bodies.slice(0, half));
      return (await handInBatch(list, bodies.slice(half))) && first;
    }
    if (tries + 1 < TRIES) await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES));
  }
  return false;
}

/** Takes away everything: database and key, cached pages, remembered choices, the service worker. */
export async function wipeAll() {
  emptyQueue();
  emptyRecent();
  await dropRoster().catch(() => undefined);
  await wipe().catch(() => undefined);
  await forgetPages();
}

async function forgetPages() {
  localStorage.clear();
  if (globalThis.caches) await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
  const registrations = (await navigator.serviceWorker?.getRegistrations?.()) ?? [];
  await Promise.all(registrations.map((registration) => registration.unregister()));
}
