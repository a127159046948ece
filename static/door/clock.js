// The time. A phone's clock may be hours wrong: the difference to the server's is measured at each contact, the shortest
// round trip being the most exact. Scans carry both, the phone's time as it is and what is to be added to it.

const JUMP = 2_000;
const FORGET = 10 * 60_000;

/** @type {{offset: number, trip: number, at: number} | null} */
let best = null;
let known = 0;
let jumped = 0;
let measured = false;
// The browser's other clock only ever runs forward: against it a change of the wall clock is noticed.
let base = Date.now() - performance.now();

/** Milliseconds to be added to this phone's clock, 0 as long as nothing was measured. */
export function offset() {
  notice();
  return Math.round(known);
}

/** Now by the server's clock, in milliseconds since 1970. */
export function correctedNow() {
  notice();
  return Date.now() + known;
}

/**
 * What this phone's clock said at some moment, put right.
 * @param {number} at milliseconds
 */
export function corrected(at) {
  return at + offset();
}

/** Whether the offset was ever measured. */
export function hasMeasured() {
  return measured;
}

/** How often the phone's clock was set back while the page was open. */
export function jumpsBack() {
  notice();
  return jumped;
}

/**
 * Learns from an answer.
 * @param {string} serverIso what the server's clock said
 * @param {number} sentAt this phone's `Date.now()` when the question left
 * @param {number} receivedAt and when the answer came
 * @returns {boolean} whether the offset has changed
 */
export function measure(serverIso, sentAt, receivedAt) {
  notice();
  const server = Date.parse(serverIso);
  const trip = receivedAt - sentAt;
  if (Number.isNaN(server) || trip < 0) return false; // the clock was set back in between
  const found = server - (sentAt + receivedAt) / 2;
  const stale = best === null || receivedAt - best.at > FORGET || receivedAt < best.at;
  if (!stale && best !== null && trip > best.trip && Math.abs(found - best.offset) <= trip / 2 + JUMP) return false;
  best = { offset: found, trip, at: receivedAt };
  // The server's clock was read at some moment of the trip: what is known already may be as good as the middle.
  if (known < server - receivedAt || known > server - sentAt) known = found;
  measured = true;
  return true;
}

/**
 * Takes over what was measured before the page was closed.
 * @param {unknown} kept
 */
export function remember(kept) {
  if (best !== null || typeof kept !== "number") return;
  known = kept;
  measured = true;
}

/** Notices that the wall clock was changed. */
function notice() {
  const here = Date.now() - performance.now();
  const moved = here - base;
  if (Math.abs(moved) <= JUMP) return;
  base = here;
  // Set back: time itself went on. Forward it may also have been a sleep, of which the other clock knows nothing;
  // then the offset is still right, and the next contact measures anew.
  if (moved < 0) {
    known -= moved;
    jumped += 1;
  }
  best = null;
}
