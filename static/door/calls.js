// Calls to the server. Whatever happens, the outcome has a name: no answer is never taken for a yes.

import { measure, offset } from "./clock.js";
import { noteAnswer, noteSilence } from "./connection.js";
import { setup } from "./page.js";

const PATIENCE = 6000;
const PATIENCE_EACH = 60;
const PATIENCE_ROSTER = 30_000;

/**
 * @typedef {object} Member
 * @property {number} attendee
 * @property {string} name
 * @property {import("./decision.js").Verdict} verdict
 * @property {First} [first]
 * @property {{at: string, day: string}} [exited]
 *
 * @typedef {{at: string, day: string, door: string, iso?: string}} First
 *
 * @typedef {object} Answer
 * @property {string} id
 * @property {import("./decision.js").Verdict} [verdict] missing when members are to be chosen or the scan is refused
 * @property {string} [refused] the field that makes no sense
 * @property {boolean} [kept] the phone was revoked: what it made before is kept, and nothing else told
 * @property {number} [attendee]
 * @property {string} [name]
 * @property {First} [first]
 * @property {{at: string, day: string}} [exited]
 * @property {{at: string, day: string}} [opens]
 * @property {number} [missing] stamps
 * @property {{title: string, room: string, starts: string, ends: string, state: string}[]} [booked]
 * @property {string} [household] the contact's name of a pass
 * @property {Member[]} [members]
 *
 * @typedef {object} Scan
 * @property {string} id
 * @property {number} checkpoint
 * @property {string} [ticket]
 * @property {string} [code]
 * @property {number} [attendee]
 * @property {number[]} [members]
 * @property {"in" | "out"} direction
 * @property {string} scanned_at this phone's clock, as it is
 * @property {number} clock_offset_ms to be added to it
 * @property {boolean} offline
 * @property {string | null} [shown] the verdict that the door showed
 * @property {string} [skill]
 *
 * @typedef {"no_answer" | "revoked" | "unpaired" | "too_fast" | "refused" | "broken"} Failure
 *   broken: the server has trouble of its own, perhaps with what was sent
 * @typedef {{failure: Failure, status: number}} Failed
 * @typedef {{attendee: number, name: string, birth_year: number, admitted: string | null}} Person
 */

/**
 * Sends a batch of one kind; gives the answers in the same order.
 * @param {"scans" | "undos" | "walk_ins"} list
 * @param {object[]} bodies
 * @param {number} waiting how many others this phone has not sent
 * @returns {Promise<{answers: any[]} | Failed>}
 */
export async function sendBatch(list, bodies, waiting) {
  const address = { scans: "scans", undos: "undo", walk_ins: "walk-ins" }[list];
  const body = { [list]: bodies, waiting, clock_offset_ms: offset() };
  const result = await post(address, body, PATIENCE + PATIENCE_EACH * bodies.length);
  if ("failure" in result) return result;
  const answers = result.body.answers;
  if (!Array.isArray(answers) || answers.length !== bodies.length) return { failure: "broken", status: 200 };
  return { answers };
}

/**
 * One page of the roster.
 * @param {string} since the cursor of the page before, "" for the first
 * @param {number} waiting how many scans this phone has not sent
 * @returns {Promise<{body: any} | Failed>}
 */
export function fetchRoster(since, waiting) {
  const wanted = new URLSearchParams({ waiting: String(waiting), clock_offset_ms: String(offset()) });
  if (since) wanted.set("since", since);
  return call(`roster?${wanted}`, { method: "GET" }, PATIENCE_ROSTER);
}

/**
 * @param {number} checkpoint
 * @param {string} name
 * @returns {Promise<{outcome: string, people: Person[], more: boolean} | Failed>}
 */
export async function findPeople(checkpoint, name) {
  const result = await post("people", { checkpoint, name });
  return "failure" in result ? result : result.body;
}

/**
 * Says who has the phone in hand.
 * @param {string} name
 */
export function sendOnDuty(name) {
  return post("on-duty", { name });
}

/** Gives the phone's place back. */
export function sendUnpair() {
  return post("unpair", {});
}

/**
 * @param {string} name
 * @param {object} body
 * @param {number} [patience] milliseconds
 */
export function post(name, body, patience = PATIENCE) {
  const headers = { "Content-Type": "application/json" };
  return call(name, { method: "POST", headers, body: JSON.stringify(body) }, patience);
}

/**
 * @param {string} name below /door/api/
 * @param {RequestInit} request
 * @param {number} patience
 * @returns {Promise<{body: any} | Failed>}
 */
async function call(name, request, patience) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  const sentAt = Date.now();
  try {
    const response = await fetch(`${setup.api}${name}`, { ...request, cache: "no-store", signal: stop.signal });
    const receivedAt = Date.now();
    if (response.ok) {
      // What a router answers before one has signed in there is no answer of ours: it is no JSON.
      const body = await response.json();
      if (typeof body.now === "string") measure(body.now, sentAt, receivedAt);
      noteAnswer();
      return { body };
    }
    const told = await response.json().catch(() => ({}));
    const failure = failureOf(response.status, told.reason);
    if (failure === "broken") noteSilence();
    else noteAnswer();
    return { failure, status: response.status };
  } catch {
    noteSilence();
    return { failure: "no_answer", status: 0 };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {number} status
 * @param {unknown} reason
 * @returns {Failure}
 */
function failureOf(status, reason) {
  if (status === 401 && reason === "revoked") return "revoked";
  if (status === 401 && reason === "unknown") return "unpaired";
  if (status === 429) return "too_fast";
  return [400, 413, 415, 422].includes(status) ? "refused" : "broken";
}
