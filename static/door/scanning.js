// From what was read to a verdict: judged here at once, kept, shown, sent; the server's answer then has the last word.

import { answerTo, enqueue, withdraw } from "./queue.js";
import { correctedNow, offset } from "./clock.js";
import { connection, isOnline } from "./connection.js";
import { showHousehold } from "./household.js";
import { newId } from "./ids.js";
import { judgeHere } from "./judge-here.js";
import { reserveAnswer } from "./late-answers.js";
import { element, text } from "./page.js";
import { read } from "./reading.js";
import { keepRecent, whoPassed } from "./recent.js";
import { noteAdmission, noteExit, rosterFrame, useLease, useStock } from "./roster.js";
import { wake } from "./signals.js";
import { nudge } from "./sync.js";
import { closeVerdict, showTrouble, showVerdict } from "./verdict-screen.js";

/**
 * @typedef {import("./judge-here.js").Ours} Ours
 * @typedef {import("./judge-here.js").Local} Local
 * @typedef {import("./calls.js").Scan} Scan
 *
 * @typedef {object} Post where and how this phone scans at the moment
 * @property {() => number} checkpoint
 * @property {() => "in" | "out"} direction
 * @property {() => string | null} skill
 * @property {(text: string) => boolean} takeCard
 * @property {() => void} ready says what the camera shows
 */

const PATIENCE = 6000;
const PATIENCE_WITH_OWN_VERDICT = 2500;

const status = element("status");

/** @type {Post} */
let post;
let busy = false;
/**
 * Scans that nobody has answered, neither the server nor this phone.
 * @type {Map<string, {id: string}>}
 */
const unanswered = new Map();

/** @param {Post} chosen */
export function prepareScanning(chosen) {
  post = chosen;
}

export function isBusy() {
  return busy;
}

/** @param {string} given a text from the camera, a picture, a hand-held scanner or the keyboard */
export async function takeText(given) {
  const reading = read(given);
  if (reading.kind === "card") {
    wake();
    // A citizen card: it stays on this phone, and only fills in the form of a walk-in.
    if (!post.takeCard(given)) showVerdict({ id: "", verdict: "unknown" });
  } else await take(reading);
}

/** @param {number} attendee somebody found by name */
export function takePerson(attendee) {
  return take({ kind: "attendee", key: `attendee ${attendee}`, attendee });
}

/**
 * @param {Ours | {kind: "other", key: string}} reading
 * @param {number[]} [members]
 */
async function take(reading, members) {
  wake();
  closeVerdict();
  if (reading.kind === "other") {
    // Somebody's bank code: it stays on this phone.
    showVerdict({ id: "", verdict: "unknown" });
    return;
  }
  busy = true;
  status.textContent = text("checking");
  try {
    await scan(reading, members);
  } finally {
    busy = false;
    post.ready();
  }
}

/**
 * @param {Ours} reading
 * @param {number[]} [members]
 */
async function scan(reading, members) {
  const key = [reading.key, post.checkpoint(), post.direction(), ...(members ?? [])].join(" ");
  // The next try of what nobody has answered is the same scan, made now.
  const body = { ...newScan(reading, members), ...unanswered.get(key) };
  const local = await judgeHere(reading, { ...body, members, now: correctedNow() });
  const verdict = local?.answer.verdict;
  if (local && !verdict && local.answer.members) {
    showHousehold(local.answer.household ?? "", local.answer.members, (chosen) => void take(reading, chosen));
    return;
  }
  const asks = isOnline() && !local?.sure;
  body.offline = !isOnline();
  body.shown = verdict ?? null;
  const label = local?.answer.name ?? local?.answer.household ?? ("code" in reading ? reading.code : "");
  const waits = !(local && verdict && !asks);
  const release = waits ? reserveAnswer(body.id) : () => false;
  await enqueue("scan", body, label, local?.own);
  if (local && !waits) {
    keep(local, body);
    show(local, reading);
    void nudge();
    return;
  }
  try {
    await ask(body, local, reading, key);
  } finally {
    release();
  }
}

/**
 * Waits for the server where this phone does not know; a silent one is answered for as far as it can.
 * @param {Scan} body
 * @param {Local | null} local
 * @param {Ours} reading
 * @param {string} key
 */
async function ask(body, local, reading, key) {
  const patience = local ? PATIENCE_WITH_OWN_VERDICT : PATIENCE;
  /** @type {(import("./calls.js").Answer & {later?: boolean}) | null} */
  const answer = await Promise.race([
    answerTo(body.id),
    nudge().then(() => null), // tried, and no answer came
    new Promise((resolve) => setTimeout(resolve, patience, null)),
  ]);
  if (answer && !answer.later) {
    unanswered.delete(key);
    showAnswer(answer, reading, body);
    return;
  }
  if (local?.answer.verdict) {
    keep(local, body);
    if (answer) showTrouble(text("typed_too_fast"), text("typed_too_fast_hint"));
    else show(local, reading);
    return;
  }
  // Nothing was decided: it is not left in the queue, where it would let somebody in whom the door sent away.
  unanswered.set(key, { id: body.id });
  await withdraw(body.id);
  if (answer) showTrouble(text("typed_too_fast"), text("typed_too_fast_hint"));
  else {
    const known = connection().lastAnswer > 0;
    showTrouble(text("no_answer"), text(known || rosterFrame() ? "no_answer_hint" : "no_roster_hint"));
  }
}

/**
 * @param {Ours} reading
 * @param {number[]} [members]
 * @returns {Scan}
 */
function newScan(reading, members) {
  const { kind: _kind, key: _key, ...what } = reading;
  const skill = post.skill();
  return {
    id: newId(),
    checkpoint: post.checkpoint(),
    ...what,
    ...(members ? { members } : {}),
    ...(skill ? { skill } : {}),
    direction: post.direction(),
    scanned_at: new Date().toISOString(),
    clock_offset_ms: offset(),
    offline: !isOnline(),
    shown: null,
  };
}

/**
 * Marks what this phone has decided, so that the same ticket does not pass twice.
 * @param {Local} local
 * @param {Scan} body
 */
function keep(local, body) {
  const at = momentOf(body);
  const door = rosterFrame()?.device.name ?? "";
  for (const who of local.passed) {
    if (body.direction === "out") noteExit(who, body.checkpoint, at, body.id);
    else noteAdmission(who, body.checkpoint, at, door, body.id);
  }
  if (local.leased) useLease(body.checkpoint, body.id, local.leased);
  if (body.direction === "in") useStock(body.checkpoint, local.passed.length);
  void keepRecent({
    id: body.id,
    attendee: local.answer.attendee ?? null,
    who: local.passed,
    name: local.answer.name ?? namesOf(local.answer),
    checkpoint: body.checkpoint,
    at,
    verdict: local.answer.verdict ?? "",
    direction: body.direction,
    answeredAt: 0,
  });
}

/** @param {Scan} body */
function momentOf({ scanned_at, clock_offset_ms }) {
  return new Date(Date.parse(scanned_at) + clock_offset_ms).toISOString();
}

/** @param {import("./calls.js").Answer} answer */
function namesOf(answer) {
  const through = (answer.members ?? []).filter(({ verdict }) => verdict === "admitted" || verdict === "exited");
  return through.map((member) => member.name).join(", ");
}

/**
 * @param {Local} local
 * @param {Ours} reading
 */
function show(local, reading) {
  const verdict = local.answer.verdict;
  if (!verdict) return;
  const needsNetwork = verdict === "unknown" && reading.kind !== "ticket";
  showVerdict({ ...local.answer, verdict }, needsNetwork ? text("unknown_offline") : undefined);
}

/**
 * @param {import("./calls.js").Answer} answer
 * @param {Ours} reading
 * @param {Scan} body
 */
function showAnswer(answer, reading, body) {
  if (answer.verdict) {
    void keepRecent({
      id: body.id,
      attendee: answer.attendee ?? null,
      who: whoPassed(answer),
      name: answer.name ?? namesOf(answer),
      checkpoint: body.checkpoint,
      at: momentOf(body),
      verdict: answer.verdict,
      direction: body.direction,
      answeredAt: Date.now(),
    });
    showVerdict({ ...answer, verdict: answer.verdict });
  } else if (answer.members) {
    showHousehold(answer.household ?? "", answer.members, (chosen) => void take(reading, chosen));
  } else if (!answer.kept) showTrouble(text("refused"), "");
}
