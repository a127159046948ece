// What this phone keeps. Everything is encrypted with a key that lies in the browser and that no script can read out;
// without a secure address or a database it is kept in memory only, until the page is closed.

import { deleteDB, openDB } from "../vendor/idb/index.js";

/**
 * @typedef {"meta" | "roster" | "queue" | "recent"} Space
 * @typedef {[Space, string, any]} Change `undefined` takes the row away
 * @typedef {{iv: Uint8Array<ArrayBuffer>, sealed: ArrayBuffer}} Row
 */

const DOOR = "festival-door";
/** @type {Space[]} */
const SPACES = ["meta", "roster", "queue", "recent"];
const KEYS = "keys";

/** @type {import("../vendor/idb/index.js").IDBPDatabase | null} */
let database = null;
/** @type {CryptoKey | null} */
let key = null;
let name = DOOR;
let wiped = false;
/** @type {Map<Space, Map<string, any>>} */
const memory = new Map(SPACES.map((space) => [space, new Map()]));

/**
 * Opens the store, with a new key at the first start. False: this phone forgets when the page is closed.
 * @param {string} [called] pages of another kind (helpers') have a store and a key of their own
 * @returns {Promise<boolean>}
 */
export async function openStore(called = DOOR) {
  name = called;
  if (!globalThis.indexedDB || !globalThis.crypto?.subtle) return false;
  try {
    wiped = false;
    database = await openDB(name, 1, {
      upgrade(fresh) {
        for (const space of [...SPACES, KEYS]) fresh.createObjectStore(space);
      },
      blocking: close, // another page wipes it
      terminated: close,
    });
    key = await ownKey(database);
    return true;
  } catch {
    close();
    return false;
  }
}

/** Whether what is written survives the page. */
export function isLasting() {
  return database !== null && key !== null;
}

/** @param {import("../vendor/idb/index.js").IDBPDatabase} from */
async function ownKey(from) {
  const kept = await from.get(KEYS, "own");
  if (kept) return kept;
  const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  // Two pages that start together agree on the one that was first.
  const deed = from.transaction(KEYS, "readwrite");
  const other = await deed.store.get("own");
  if (!other) await deed.store.put(fresh, "own");
  await deed.done;
  return other ?? fresh;
}

function close() {
  database?.close();
  database = null;
  key = null;
}

/**
 * Writes all of the changes or none; resolves when they are on disk.
 * @param {Change[]} changes
 */
export async function write(changes) {
  if (!database || !key) {
    if (wiped) return;
    for (const [space, id, value] of changes) {
      if (value === undefined) memory.get(space)?.delete(id);
      else memory.get(space)?.set(id, value);
    }
    return;
  }
  /** @type {[Space, string, Row | undefined][]} */
  const rows = await Promise.all(changes.map(async ([space, id, value]) => [space, id, await seal(space, id, value)]));
  const spaces = [...new Set(rows.map(([space]) => space))];
  if (!spaces.length) return;
  // A scan has to survive the battery too; the roster comes again.
  const durability = spaces.includes("queue") ? "strict" : "relaxed";
  const deed = database.transaction(spaces, "readwrite", { durability });
  for (const [space, id, row] of rows) {
    const place = deed.objectStore(space);
    void (row === undefined ? place.delete(id) : place.put(row, id));
  }
  await deed.done;
}

/**
 * @param {Space} space
 * @param {string} id
 */
export async function read(space, id) {
  if (!database) return memory.get(space)?.get(id);
  return open(space, id, await database.get(space, id));
}

/**
 * All rows of a space that can be read, in the order of their ids.
 * @param {Space} space
 * @returns {Promise<[string, any][]>}
 */
export async function readAll(space) {
  if (!database) return [...(memory.get(space) ?? [])].sort(([one], [two]) => (one < two ? -1 : 1));
  const deed = database.transaction(space);
  const [ids, rows] = await Promise.all([deed.store.getAllKeys(), deed.store.getAll()]);
  const values = await Promise.all(rows.map((row, at) => open(space, String(ids[at]), row)));
  /** @type {[string, any][]} */
  const pairs = values.map((value, at) => [String(ids[at]), value]);
  return pairs.filter(([, value]) => value !== undefined);
}

/** @param {Space[]} spaces */
export async function clear(...spaces) {
  for (const space of spaces) memory.get(space)?.clear();
  if (!database) return;
  const deed = database.transaction(spaces, "readwrite");
  await Promise.all([...spaces.map((space) => deed.objectStore(space).clear()), deed.done]);
}

/** Takes away everything and the key, so that nothing of it can be read again. Nothing is written afterwards. */
export async function wipe() {
  wiped = true;
  for (const rows of memory.values()) rows.clear();
  try {
    if (database) await clear(...SPACES); // even if another page keeps the database from going
  } finally {
    close();
    if (globalThis.indexedDB) await deleteDB(name);
  }
}

/** Asks the browser not to clear this by itself when the phone's memory gets full; gives whether it will not. */
export async function askToStay() {
  try {
    return Boolean(await navigator.storage?.persist?.());
  } catch {
    return false;
  }
}

/**
 * @param {Space} space
 * @param {string} id
 * @param {any} value
 * @returns {Promise<Row | undefined>}
 */
async function seal(space, id, value) {
  if (value === undefined || !key) return undefined;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(value));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: place(space, id) }, key, plain);
  return { iv, sealed };
}

/**
 * @param {Space} space
 * @param {string} id
 * @param {Row | undefined} row
 */
async function open(space, id, row) {
  if (!row || !key) return undefined;
  try {
    const how = { name: "AES-GCM", iv: row.iv, additionalData: place(space, id) };
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, key, row.sealed)));
  } catch {
    return undefined; // A row of another key or a torn one: as good as not there.
  }
}

/**
 * @param {Space} space
 * @param {string} id
 */
function place(space, id) {
  return new TextEncoder().encode(`${space}/${id}`);
}
