// What this phone itself let in or out, until the server's roster tells the same. Who is not in the roster (a ticket
// made a minute ago) is marked by a text of one's own, such as "ticket 17".

/**
 * @typedef {{at: number, door: string, exitedAt: number}} Been moments in milliseconds; exitedAt 0: is inside
 * @typedef {Been & {scan: string, settledAt: number}} Mark settledAt: when the server answered that scan, 0 before
 */

/**
 * A scan that was taken back. The server counts one that it answered at once from its arrival, somewhere between `at` and
 * `until`, all others from `at`; both are corrected moments.
 * @typedef {{scan: string, at: number, until: number, direction: "in" | "out"}} Undone
 */

const SLACK = 2_000;

/** @type {Map<number | string, Map<number, Mark>>} by person and checkpoint */
const marks = new Map();
/** @type {Map<number | string, Map<number, Undone[]>>} the same; the roster may still tell of these */
const undone = new Map();

/**
 * @param {number | string} who
 * @param {number} checkpoint
 * @returns {Mark | null}
 */
export function markOf(who, checkpoint) {
  return marks.get(who)?.get(checkpoint) ?? null;
}

/** @param {number | string} who */
export function marksOf(who) {
  return marks.get(who) ?? new Map();
}

/**
 * @param {number | string} who
 * @param {number} checkpoint
 * @param {Been} been
 * @param {string} scan
 */
export function setMark(who, checkpoint, been, scan) {
  const theirs = marks.get(who) ?? new Map();
  theirs.set(checkpoint, { ...been, scan, settledAt: 0 });
  marks.set(who, theirs);
}

/**
 * @param {number | string} who
 * @param {number} checkpoint
 */
export function dropMark(who, checkpoint) {
  marks.get(who)?.delete(checkpoint);
}

/**
 * The server has answered that scan: its next roster knows it.
 * @param {string} scan
 * @param {number} at
 * @param {boolean} stands false: nobody went through, so the marks go at once
 */
export function settleMarks(scan, at, stands) {
  for (const theirs of marks.values()) {
    for (const [checkpoint, mark] of theirs) {
      if (mark.scan !== scan) continue;
      if (stands) mark.settledAt = at;
      else theirs.delete(checkpoint);
    }
  }
}

/**
 * Drops what a roster asked for at that moment tells itself.
 * @param {number} askedAt
 */
export function dropTold(askedAt) {
  for (const [who, theirs] of marks) {
    for (const [checkpoint, mark] of theirs) if (mark.settledAt && mark.settledAt < askedAt) theirs.delete(checkpoint);
    if (!theirs.size) marks.delete(who);
  }
}

export function dropMarks() {
  marks.clear();
  undone.clear();
}

// --- what was taken back --------------------------------------------------------------------------------------------

/**
 * A scan was undone: what the roster tells of it counts no more. Once is enough for each scan.
 * @param {number | string} who
 * @param {number} checkpoint
 * @param {Undone} scan
 */
export function noteUndone(who, checkpoint, scan) {
  const mark = markOf(who, checkpoint);
  if (mark && scan.direction === "out") mark.exitedAt = 0;
  else dropMark(who, checkpoint);
  const theirs = undone.get(who) ?? new Map();
  theirs.set(checkpoint, [...(theirs.get(checkpoint) ?? []).filter((/** @type {Undone} */ one) => one.scan !== scan.scan), scan]);
  undone.set(who, theirs);
}

/**
 * The server did not undo it, or its roster tells so by now.
 * @param {string} scan
 */
export function dropUndone(scan) {
  for (const theirs of undone.values()) {
    for (const [checkpoint, scans] of theirs) {
      theirs.set(
        checkpoint,
        scans.filter((one) => one.scan !== scan),
      );
    }
  }
}

/**
 * What is left of what the roster tells.
 * @param {number | string} who
 * @param {number} checkpoint
 * @param {Been} told
 * @returns {Been | null}
 */
export function withoutUndone(who, checkpoint, told) {
  let left = told;
  for (const scan of undone.get(who)?.get(checkpoint) ?? []) {
    const isMeant = (/** @type {number} */ at) => at >= scan.at - SLACK && at <= scan.until + SLACK;
    if (scan.direction === "in" && isMeant(told.at)) return null;
    if (scan.direction === "out" && isMeant(told.exitedAt)) left = { ...left, exitedAt: 0 };
  }
  return left;
}
