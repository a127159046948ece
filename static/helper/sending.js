// Sending what waits: in small batches, each household answered by itself. One that is refused or that the server fails
// on stands in no other's way.

import { forget, keep, waiting } from "./queue.js";

/** @typedef {import("./queue.js").Entry} Entry */

/**
 * @typedef {{title: string, at: string, state: string, words: string}} Seat
 * @typedef {{name: string, code: string, seats: Seat[]}} Person
 *
 * @typedef {object} Answer
 * @property {string} outcome
 * @property {Person[]} [people]
 * @property {string[]} [words] what could not be had, or why nobody was registered
 * @property {Record<string, string>} [errors] by field
 */

const BATCH = 20;
const PATIENCE = 15_000;
const STRIKES = 3;
const TAKEN = ["done", "repeated", "kept"];

/** @type {Promise<void> | null} */
let draining = null;
/** @type {(entry: Entry, answer: Answer) => void} */
let tellAnswer = () => undefined;
/** @type {(api: string, wipe: boolean) => void} */
let tellEnded = () => undefined;
let reached = true;

/**
 * @param {(entry: Entry, answer: Answer) => void} answered called with each answer to what was sent by itself
 * @param {(api: string, wipe: boolean) => void} ended called when a link was ended; `wipe`: for more than a day
 */
export function listen(answered, ended) {
  tellAnswer = answered;
  tellEnded = ended;
}

/** Whether the server answered the last time. */
export function isConnected() {
  return reached && navigator.onLine;
}

/** Sends all that waits; resolves when nothing is on its way any more. */
export function drain() {
  draining ??= drainAll().finally(() => {
    draining = null;
  });
  return draining;
}

async function drainAll() {
  const apis = new Set(waiting().map(({ api }) => api));
  for (const api of apis) {
    const mine = waiting().filter((entry) => entry.api === api);
    for (let from = 0; from < mine.length; from += BATCH) {
      const batch = mine.slice(from, from + BATCH);
      for (const entry of batch) entry.goneHome = true;
      const result = await send(api, batch);
      if (!result.answers) {
        if (result.ended) tellEnded(api, true);
        break;
      }
      for (const [place, entry] of batch.entries()) await take(entry, result.answers[place]);
      if (result.ended) tellEnded(api, false);
    }
  }
}

/**
 * @param {Entry} entry
 * @param {Answer | undefined} answer
 */
async function take(entry, answer) {
  if (answer && TAKEN.includes(answer.outcome)) await forget([entry]);
  else if (!answer || answer.outcome === "failed") {
    entry.tries += 1;
    if (entry.tries >= STRIKES) entry.aside = [];
    await keep(entry);
  } else {
    entry.aside = answer.words ?? [];
    await keep(entry);
  }
  if (answer) tellAnswer(entry, answer);
}

/**
 * Sends one that somebody waits for. Null: no answer, it waits in the queue from now on.
 * @param {Entry} entry
 * @returns {Promise<Answer | null>}
 */
export async function sendNow(entry) {
  const result = await send(entry.api, [entry]);
  const answer = result.answers?.[0];
  if (result.ended) tellEnded(entry.api, !result.answers);
  if (!answer || answer.outcome === "failed") {
    entry.goneHome = true;
    await keep(entry);
    return null;
  }
  await forget([entry]); // registered, or given back to the form
  return answer;
}

/**
 * @param {string} api
 * @param {Entry[]} batch
 * @returns {Promise<{answers?: Answer[], ended?: boolean}>}
 */
async function send(api, batch) {
  const registrations = batch.map(({ id, goneHome, fields }) => ({ id, gone_home: goneHome, fields }));
  try {
    const response = await fetch(api, {
      method: "POST",
      credentials: "same-origin",
      cache: "no-store",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ registrations }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    reached = response.status < 500;
    if (response.status === 410) return { ended: true };
    if (!response.ok) return {};
    const body = await response.json();
    return { answers: body.answers, ended: body.ended };
  } catch {
    reached = false;
    return {};
  }
}
