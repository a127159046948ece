// Whether the phone's disk takes what is scanned. Where it does not (full, broken, hanging), scans stay in memory and are
// sent all the same; whoever holds the phone is told to keep the page open, and the disk is tried again and again.

import { isLasting, write } from "./store.js";

/** A disk that hangs must not stop the door. */
const PATIENCE = 1_000;
/** As long as a scan. */
const PROBE = "x".repeat(800);

/** @type {Map<string, {id: string}>} what is in memory only */
const unkept = new Map();
/** @type {Set<() => void>} */
const listeners = new Set();
let failing = false;

/** @param {() => void} listener called when the disk begins to fail, or is well again */
export function onKeeping(listener) {
  listeners.add(listener);
}

/** Whether what is scanned now would be lost if the page were closed before it is sent. */
export function isForgetful() {
  return failing || !isLasting();
}

/**
 * Puts one of the queue's entries on disk; false when the disk does not take it, or not soon.
 * @param {{id: string}} entry
 * @returns {Promise<boolean>}
 */
export async function keepEntry(entry) {
  unkept.set(entry.id, entry);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Promise<boolean>} */
  const slow = new Promise((resolve) => {
    timer = setTimeout(() => resolve(noteDisk(false)), PATIENCE);
  });
  const writing = write([["queue", entry.id, entry]]).then(
    () => {
      unkept.delete(entry.id);
      return noteDisk(true);
    },
    () => noteDisk(false),
  );
  const lasting = await Promise.race([writing, slow]);
  clearTimeout(timer);
  return lasting;
}

/**
 * It has left the queue.
 * @param {string} id
 */
export function noMoreToKeep(id) {
  unkept.delete(id);
}

/** Tries the disk once more: somebody may have made room on the phone. */
export async function keepAgain() {
  if (!failing) return;
  for (const entry of [...unkept.values()]) if (!(await keepEntry(entry))) return;
  await write([["meta", "probe", PROBE]]).then(
    () => noteDisk(true),
    () => noteDisk(false),
  );
}

/** @param {boolean} fine */
function noteDisk(fine) {
  if (failing === fine) {
    failing = !fine;
    for (const listener of listeners) listener();
  }
  return fine && isLasting();
}
