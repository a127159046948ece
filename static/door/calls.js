// Calls to the server. Whatever happens, the outcome has a name: no answer is never taken for a yes.

import { setup } from "./page.js";

const PATIENCE = 6000;

/**
 * @typedef {object} Member
 * @property {number} attendee
 * @property {string} name
 * @property {import("./decision.js").Verdict} verdict
 * @property {First} [first]
 *
 * @typedef {{at: string, day: string, door: string}} First
 *
 * @typedef {object} Answer
 * @property {string} id
 * @property {import("./decision.js").Verdict} [verdict] missing when members are to be chosen or the scan is refused
 * @property {string} [refused] the field that makes no sense
 * @property {string} [name]
 * @property {First} [first]
 * @property {{at: string, day: string}} [opens]
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
 * @property {"in"} direction
 * @property {string} scanned_at
 * @property {boolean} offline
 *
 * @typedef {"no_answer" | "unpaired" | "too_fast" | "refused"} Failure
 * @typedef {{attendee: number, name: string, birth_year: number, admitted: string | null}} Person
 */

/**
 * @param {Scan[]} scans
 * @returns {Promise<{answers: Answer[]} | {failure: Failure}>}
 */
export async function sendScans(scans) {
  const result = await post(setup.scans, { scans });
  if ("failure" in result) return result;
  const answers = result.body.answers;
  if (!Array.isArray(answers) || answers.length !== scans.length) return { failure: "no_answer" };
  return { answers };
}

/**
 * @param {number} checkpoint
 * @param {string} name
 * @returns {Promise<{outcome: string, people: Person[], more: boolean} | {failure: Failure}>}
 */
export async function findPeople(checkpoint, name) {
  const result = await post(setup.people, { checkpoint, name });
  return "failure" in result ? result : result.body;
}

/**
 * @param {string} address
 * @param {object} body
 * @returns {Promise<{body: any} | {failure: Failure}>}
 */
async function post(address, body) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: patience.signal,
    });
    if (response.ok) return { body: await response.json() };
    return { failure: failureOf(response.status) };
  } catch {
    return { failure: "no_answer" };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {number} status
 * @returns {Failure}
 */
function failureOf(status) {
  if (status === 401 || status === 403) return "unpaired";
  if (status === 429) return "too_fast";
  return status < 500 ? "refused" : "no_answer";
}
