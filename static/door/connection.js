// Whether the server answers. Told by the answers themselves: a phone that says it is online may hang behind a router
// that is not. The browser's own events are hints to try, nothing more.

/** @typedef {{online: boolean, since: number, lastAnswer: number, failures: number}} Connection */

const FIRST = 1_000;
const LONGEST = 15_000;

/** @type {Connection} */
const state = { online: globalThis.navigator?.onLine !== false, since: Date.now(), lastAnswer: 0, failures: 0 };
/** @type {Set<(state: Connection) => void>} */
const listeners = new Set();

export function isOnline() {
  return state.online;
}

/** @returns {Readonly<Connection>} */
export function connection() {
  return state;
}

/** @param {(state: Connection) => void} listener called whenever the connection comes or goes */
export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The server has answered. */
export function noteAnswer() {
  state.failures = 0;
  state.lastAnswer = Date.now();
  turn(true);
}

/** The server has not answered, or only with its own trouble. */
export function noteSilence() {
  state.failures += 1;
  turn(false);
}

/** Milliseconds until the next try: 1 s, 2 s … 15 s, a little different on each phone so that they do not come at once. */
export function patience() {
  const plain = Math.min(LONGEST, FIRST * 2 ** Math.min(10, Math.max(0, state.failures - 1)));
  return Math.min(LONGEST, plain * (0.75 + Math.random() / 2));
}

/** @param {boolean} online */
function turn(online) {
  if (state.online === online) return;
  state.online = online;
  state.since = Date.now();
  for (const listener of listeners) listener(state);
}
