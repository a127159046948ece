// After the festival: nobody's name stays on a phone longer than it is needed to send what waits.

import { correctedNow } from "./clock.js";
import { counts, putAsideOnes, tryLast } from "./queue.js";
import { emptyRecent } from "./recent.js";
import { dropRoster } from "./roster.js";
import { clear } from "./store.js";

const AFTERWARDS = 12 * 3_600_000;
const SHOWN = 5 * 60_000;

/**
 * Half a day after the festival nobody's name is needed here any more.
 * @param {{ends: string} | undefined} festival
 */
export function isLongOver(festival) {
  return festival !== undefined && correctedNow() > Date.parse(festival.ends) + AFTERWARDS;
}

/** Forgets everybody, in the roster and among the last scans, unless something still waits to be sent. */
export async function forgetNames() {
  if (counts().waiting) return;
  await dropRoster();
  emptyRecent();
  await clear("recent");
}

/**
 * What was put aside, and shown for a while, is sent for the last time; what the server refuses again is dropped. Gives
 * whether there is any.
 */
export function tryAsideForTheLastTime() {
  const seen = putAsideOnes().filter(({ asideAt }) => Date.now() - (asideAt ?? 0) > SHOWN);
  tryLast(seen);
  return seen.length > 0;
}
