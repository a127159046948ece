// The server's answers, whenever they come. One that differs from what the door has shown replaces it loudly, or, when
// the screen has closed already, stands at the top of the page with the person's name until somebody has read it.

import { clockAndDay } from "./judged-words.js";
import { OTHERWISE } from "./looks.js";
import { settleUndo, undoScan } from "./marking.js";
import { tellOtherwise } from "./notices.js";
import { text, verdictWords } from "./page.js";
import { onAnswer, onEnqueued, scanOf } from "./queue.js";
import { keepRecent, recentScan, whoPassed } from "./recent.js";
import { noteAdmission, rosterFrame, settleLease, settleMarks } from "./roster.js";
import { signal } from "./signals.js";
import { completeVerdict, scanOnScreen, showVerdict } from "./verdict-screen.js";

/** @typedef {import("./calls.js").Answer} Answer */
/** @typedef {import("./queue.js").Entry} Entry */

const THROUGH = ["admitted", "exited"];

/** @type {Set<string>} scans whose answer somebody waits for and shows */
const awaited = new Set();

/**
 * The caller waits for the answer to that scan and shows it itself, until it calls what it gets.
 * @param {string} id
 */
export function reserveAnswer(id) {
  awaited.add(id);
  return () => awaited.delete(id);
}

export function prepareLateAnswers() {
  onEnqueued((entry) => {
    if (entry.kind === "undo") undoScan(entry.body.scan);
  });
  onAnswer((entry, answer) => {
    if (!answer.refused) settleLease(scanOf(entry));
    if (entry.kind === "scan") takeScan(entry, answer);
    else if (entry.kind === "undo") takeUndo(entry, answer);
    else if (answer.refused && !awaited.has(entry.id)) {
      tellOtherwise(text("set_aside", { what: entry.label || text("a_walk_in") }));
    }
  });
}

/**
 * @param {Entry} entry
 * @param {{outcome?: string, kept?: boolean}} answer
 */
function takeUndo(entry, answer) {
  // What the server does not know has let nobody in there.
  if (!answer.kept) settleUndo(entry.body.scan, ["undone", "done_before", "unknown"].includes(answer.outcome ?? ""));
}

/**
 * @param {Entry} entry
 * @param {Answer} answer
 */
function takeScan(entry, answer) {
  if (answer.refused) {
    settleMarks(entry.id, Date.now(), true);
    if (!awaited.has(entry.id)) tellOtherwise(text("set_aside", { what: entry.label || text("a_scan") }));
    return;
  }
  if (!answer.verdict) return;
  mark(entry, answer);
  remember(entry, answer);
  const shown = entry.body.shown;
  if (awaited.has(entry.id) || !shown) return;
  const verdict = answer.verdict;
  // Somebody whom this phone had let in itself is in, even if the server was not told in that order; so is whoever was
  // judged without a network, long ago. Anybody else has been undone or gone out elsewhere: that is news.
  const known = entry.own || hasActed(entry);
  const same = verdict === shown || (shown === "already_admitted" && verdict === "admitted" && known);
  if (same) completeVerdict({ ...answer, verdict: shown });
  else if (scanOnScreen() === entry.id) {
    showVerdict({ ...answer, verdict });
  } else {
    signal(OTHERWISE);
    tellOtherwise(
      text(THROUGH.includes(verdict) ? "otherwise_good" : "otherwise", {
        name: answer.name || answer.household || entry.label || text("somebody"),
        word: verdictWords[verdict].word,
        shown: verdictWords[/** @type {import("./decision.js").Verdict} */ (shown)]?.word ?? shown,
        at: clockAndDay(Date.parse(entry.body.scanned_at) + (entry.body.clock_offset_ms ?? 0)).at,
      }),
    );
  }
}

/**
 * Whether the door has acted on what it showed: it was sent as made without a network (sending.js).
 * @param {Entry} entry
 */
function hasActed(entry) {
  return entry.body.offline || entry.tries > 1;
}

/**
 * @param {Entry} entry
 * @param {Answer} answer
 */
function mark(entry, answer) {
  const { checkpoint, direction, scanned_at, clock_offset_ms, shown } = entry.body;
  const through = THROUGH.includes(answer.verdict ?? "") || answer.verdict === "already_admitted";
  settleMarks(entry.id, Date.now(), through || hasActed(entry));
  // Where the door acted on something else, the server has let nobody in either.
  if (answer.verdict !== "admitted" || direction !== "in" || shown === "admitted" || (shown && hasActed(entry))) return;
  const at = new Date(Date.parse(scanned_at) + clock_offset_ms).toISOString();
  for (const attendee of whoPassed(answer)) {
    noteAdmission(attendee, checkpoint, at, rosterFrame()?.device.name ?? "", entry.id);
  }
  settleMarks(entry.id, Date.now(), true);
}

/**
 * @param {Entry} entry
 * @param {Answer} answer
 */
function remember(entry, answer) {
  const known = recentScan(entry.id);
  if (!known) return;
  const acted = hasActed(entry);
  const through = [...THROUGH, "already_admitted"].includes(answer.verdict ?? "");
  void keepRecent({
    ...known,
    attendee: answer.attendee ?? known.attendee,
    name: answer.name ?? known.name,
    who: acted ? known.who : through ? [...new Set([...known.who, ...whoPassed(answer)])] : [],
    verdict: acted ? known.verdict : (answer.verdict ?? known.verdict),
    answeredAt: Date.now(),
  });
}
