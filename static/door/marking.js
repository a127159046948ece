// The last scans, as marks on the people: when the page is opened again, and when one is undone or is not undone after all.

import { offset } from "./clock.js";
import { scanOf, waiting } from "./queue.js";
import { keepRecent, loadRecent, recentScan } from "./recent.js";
import { dropUndone, noteAdmission, noteExit, noteUndone, rosterFrame, settleMarks } from "./roster.js";

/** @typedef {import("./recent.js").Recent} Recent */

// Sent, but not answered: it arrived within this time, or counts from its own.
const ON_ITS_WAY = 10_000;

/** What was scanned before the page was closed and the roster on disk does not tell. */
export async function markAgain() {
  const frame = rosterFrame();
  const unsent = new Set(waiting().map(scanOf));
  for (const scan of await loadRecent()) {
    if (scan.undone) {
      takeAway(scan);
      continue;
    }
    const told = scan.answeredAt && scan.answeredAt < (frame?.askedAt ?? frame?.syncedAt ?? 0);
    if (told) continue;
    mark(scan);
    if (!unsent.has(scan.id)) settleMarks(scan.id, Date.now(), true);
  }
}

/** @param {Recent} scan */
function mark(scan) {
  for (const who of scan.who) {
    if (scan.direction === "out") noteExit(who, scan.checkpoint, scan.at, scan.id);
    else noteAdmission(who, scan.checkpoint, scan.at, rosterFrame()?.device.name ?? "", scan.id);
  }
}

/** @param {Recent} scan */
function takeAway({ id: scan, who, checkpoint, direction, at, answeredAt }) {
  const from = Date.parse(at);
  const until = answeredAt ? answeredAt + offset() : from + ON_ITS_WAY;
  for (const one of who) noteUndone(one, checkpoint, { scan, at: from, until, direction });
}

/**
 * Takes back what a scan did on this phone: somebody wishes it undone. It is on disk until the roster knows.
 * @param {string} id of the scan
 */
export function undoScan(id) {
  const scan = recentScan(id);
  if (!scan) return;
  takeAway(scan);
  void keepRecent({ ...scan, undone: true });
}

/**
 * The server has answered the wish.
 * @param {string} id of the scan
 * @param {boolean} done false: it would not, so the scan counts as before
 */
export function settleUndo(id, done) {
  const scan = recentScan(id);
  if (!scan) return;
  if (done) {
    void keepRecent({ ...scan, undone: true, undoneAt: Date.now() });
    return;
  }
  dropUndone(id);
  mark(scan);
  settleMarks(id, Date.now(), true);
  void keepRecent({ ...scan, undone: false });
}
