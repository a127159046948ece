// Households that a helper has written down and the server has not answered yet: sealed on this device (the door's
// store.js), each with the link it was written with. Nothing leaves but by the server's answer, or by the helper's hand.

import { clear, openStore, readAll, wipe, write } from "../door/store.js";

const STORE = "festival-helper";

/**
 * @typedef {Record<string, string | string[]>} Fields
 *
 * @typedef {object} Entry
 * @property {string} id made here: sent twice, it registers once
 * @property {string} api where it is sent
 * @property {number} at this device's clock
 * @property {boolean} goneHome nobody waits for the answer any more
 * @property {Fields} fields as in the form
 * @property {string} label the contact's name
 * @property {number} tries how often the server failed on it
 * @property {string[]} [aside] why it could not be registered; it is not sent again by itself
 */

/** @type {Map<string, Entry>} in the order in which they were written */
const entries = new Map();
/** @type {Set<() => void>} */
const listeners = new Set();

/** Opens the store and reads what is left; false: this device keeps nothing once the page is closed. */
export async function openQueue() {
  const lasting = await openStore(STORE);
  const kept = (await readAll("queue")).map(([, entry]) => entry);
  kept.sort((one, two) => one.at - two.at);
  // Written down before this page was opened: they have gone home.
  for (const entry of kept) if (!entries.has(entry.id)) entries.set(entry.id, { ...entry, goneHome: true });
  tell();
  return lasting;
}

/** @param {() => void} listener called when something comes, goes or is put aside */
export function onQueueChange(listener) {
  listeners.add(listener);
}

function tell() {
  for (const listener of listeners) listener();
}

/**
 * Keeps it, or what has changed about it; resolves when it is on disk.
 * @param {Entry} entry
 */
export async function keep(entry) {
  entries.set(entry.id, entry);
  tell();
  await write([["queue", entry.id, entry]]);
}

/** @param {Entry[]} some */
export async function forget(some) {
  for (const { id } of some) entries.delete(id);
  tell();
  // If this fails they are sent again, and answered with what they made.
  await write(some.map(({ id }) => ["queue", id, undefined])).catch(() => undefined);
}

/** @returns {Entry[]} what waits to be sent */
export function waiting() {
  return [...entries.values()].filter((entry) => !entry.aside);
}

/** @returns {Entry[]} what could not be registered */
export function putAside() {
  return [...entries.values()].filter((entry) => entry.aside);
}

/** Takes away everything of this kind: households, key, kept pages, the service worker. */
export async function wipeAll() {
  entries.clear();
  tell();
  await clear("queue").catch(() => undefined);
  await wipe().catch(() => undefined);
  if (globalThis.caches) {
    const names = (await caches.keys()).filter((name) => name.startsWith("festival-helper-"));
    await Promise.all(names.map((name) => caches.delete(name)));
  }
  const own = await navigator.serviceWorker?.getRegistration?.("/helper/");
  await own?.unregister();
}
