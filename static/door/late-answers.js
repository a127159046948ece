// The server's answers, whenever they come. One that differs from what the door has shown replaces it loudly, or, when
// the screen has closed already, stands at the top of the page with the person's name until somebody has read it.

import { clockAndDay } from "./judged-words.js";
import { OTHERWISE } from "./looks.js";
import { tellOtherwise } from "./notices.js";
import { text, verdictWords } from "./page.js";
import { onAnswer, onEnqueued } from "./queue.js";
import { dropRecent, keepRecent, recentScan } from "./recent.js";
import { forgetAdmission, noteAdmission, rosterFrame, settleMarks } from "./roster.js";
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
    if (entry.kind === "undo") forgetScan(entry.body.scan);
  });
  onAnswer((entry, answer) => {
    if (entry.kind === "scan") takeScan(entry, answer);
    else if (entry.kind === "walk_in" && answer.refused && !awaited.has(entry.id)) tellOtherwise(text("set_aside", { what: entry.label || text("a_walk_in") }));
  });
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
  // Somebody whom this phone has let in itself is in, even if the server was not told in that order.
  const same = verdict === shown || (shown === "already_admitted" && verdict === "admitted");
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
 * @param {Entry} entry
 * @param {Answer} answer
 */
function mark(entry, answer) {
  const { checkpoint, direction, offline, scanned_at, clock_offset_ms } = entry.body;
  const acted = offline || entry.tries > 1; // the door has acted on what it showed
  const through = THROUGH.includes(answer.verdict ?? "") || answer.verdict === "already_admitted";
  settleMarks(entry.id, Date.now(), through || acted);
  if (answer.verdict !== "admitted" || direction !== "in" || entry.body.shown === "admitted") return;
  const at = new Date(Date.parse(scanned_at) + clock_offset_ms).toISOString();
  const people = answer.members?.filter((member) => member.verdict === "admitted").map((member) => member.attendee);
  for (const attendee of people ?? (answer.attendee ? [answer.attendee] : [])) {
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
  const acted = entry.body.offline || entry.tries > 1;
  void keepRecent({
    ...known,
    attendee: answer.attendee ?? known.attendee,
    name: answer.name ?? known.name,
    verdict: acted ? known.verdict : (answer.verdict ?? known.verdict),
    answeredAt: Date.now(),
  });
}

/**
 * Takes back what a scan did on this phone.
 * @param {string} scan
 */
export function forgetScan(scan) {
  const known = recentScan(scan);
  if (known) for (const who of known.who) forgetAdmission(who, known.checkpoint, known.direction);
  void dropRecent(scan);
}
