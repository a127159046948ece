// Somebody without a ticket: written down, let in, and given a code, in one dialog. While the phone holds a place and a
// signed slip it decides by itself, network or not; else the server is asked. What was read from a citizen card is put
// into the fields for everybody to see, and goes nowhere but from there.

import { isSameCommune, readCitizenCard } from "./citizen-card.js";
import { correctedNow, offset } from "./clock.js";
import { isOnline } from "./connection.js";
import { newId } from "./ids.js";
import { judgeHere } from "./judge-here.js";
import { reserveAnswer } from "./late-answers.js";
import { tellOtherwise } from "./notices.js";
import { element, text, typed } from "./page.js";
import { answerTo, enqueue, onAnswer, withdraw } from "./queue.js";
import { keepRecent, recentScan } from "./recent.js";
import { leaseLeft, noteAdmission, rosterFrame, settleMarks, takeSlip, useLease } from "./roster.js";
import { nudge } from "./sync.js";
import { ages, clearForm, moveOn, prepareForm, showWrong, typedPerson } from "./walk-in-form.js";
import { showDone, showSaid, startDone } from "./walk-in-done.js";

/**
 * @typedef {import("./walk-in-fields.js").Person} Person
 * @typedef {import("./calls.js").Answer} Answer
 *
 * @typedef {object} Door
 * @property {() => number} checkpoint
 * @property {() => object | null} facts of the checkpoint
 * @property {(answer: Answer & {verdict: import("./decision.js").Verdict}) => void} showVerdict
 */

const PATIENCE = 6000;

const dialog = typed("walk-in", HTMLDialogElement);
const form = typed("walk-in-form", HTMLFormElement);
const done = element("walk-in-done");

/** @type {Door} */
let door;
let busy = false;
/** The same until it is done, so that pressing twice is once. */
let ids = { id: newId(), scan: newId() };

/** @param {Door} chosen */
export function prepareWalkIns(chosen) {
  door = chosen;
  element("walk-in-open").addEventListener("click", open);
  element("walk-in-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", begin);
  prepareForm(takeCard);
  startDone({ next: begin, back: () => dialog.close() });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });
  onAnswer((entry, answer) => {
    if (entry.kind === "walk_in") takeAnswer(entry.body, answer);
  });
}

/** Whether somebody is being written down: only cards are taken from the camera then. */
export function isWritingDown() {
  return dialog.open;
}

/**
 * Puts what a citizen card says into the fields, to be compared and agreed to. False: it is no citizen card.
 * @param {string} read the card's text; it is not kept
 */
export function takeCard(read) {
  const card = readCitizenCard(read, ages().year);
  if (!card) return false;
  if (!dialog.open || !done.hidden) {
    begin();
    open();
  }
  typed("walk-in-name", HTMLInputElement).value = card.name;
  typed("walk-in-birth_year", HTMLInputElement).value = String(card.birthYear);
  const wards = typed("walk-in-ward", HTMLSelectElement);
  const same = [...wards.options].find((ward) => card.ward && ward.value && isSameCommune(ward.text, card.ward));
  if (card.ward) wards.value = same?.value ?? "";
  const note = element("walk-in-card");
  note.textContent = card.ward ? text("walk_in_card_ward", { ward: card.ward }) : text("walk_in_card");
  note.hidden = false;
  moveOn();
  return true;
}

function open() {
  if (!dialog.open) dialog.showModal();
}

/** Empties everything: nobody's name stays on the screen. */
function begin() {
  ids = { id: newId(), scan: newId() };
  clearForm();
  done.hidden = true;
  form.hidden = false;
  if (dialog.open) element("walk-in-name").focus();
}

// --- from the fields to a place inside ------------------------------------------------------------------------------

async function submit() {
  if (busy) return;
  const read = typedPerson();
  if ("wrong" in read) {
    showWrong(read.wrong);
    return;
  }
  showWrong(null);
  busy = true;
  try {
    const here = await decideHere();
    if (here === "admitted") await letIn(read.person);
    else if (isOnline()) await ask(read.person);
    else if (here) door.showVerdict({ id: ids.scan, ...here });
    else showWrong(null, text("walk_in_no_place"));
  } finally {
    busy = false;
  }
}

/**
 * What this phone can say by itself: with a slip and a place that it holds it is the judge; null when it is not.
 * @returns {Promise<"admitted" | {verdict: import("./decision.js").Verdict} | null>}
 */
async function decideHere() {
  const checkpoint = door.checkpoint();
  const slip = rosterFrame()?.slips[0];
  if (!slip || leaseLeft(checkpoint) < 1) return null;
  const code = slip.ticket.split("/").pop() ?? "";
  const asked = { id: ids.scan, checkpoint, direction: /** @type {const} */ ("in"), now: correctedNow() };
  const local = await judgeHere({ kind: "ticket", key: code, ticket: code }, asked);
  const verdict = local?.answer.verdict;
  if (!local || !verdict) return null;
  return verdict === "admitted" ? verdict : { ...local.answer, verdict };
}

/**
 * @param {Person} person
 * @param {number | string | null} slip
 * @param {boolean} decided by this phone
 */
function bodyOf(person, slip, decided) {
  return {
    ...ids,
    checkpoint: door.checkpoint(),
    ...person,
    ward: typed("walk-in-ward", HTMLSelectElement).value || null,
    language: document.documentElement.lang.startsWith("en") ? "en" : "vi",
    slip,
    made_at: new Date().toISOString(),
    clock_offset_ms: offset(),
    offline: decided,
    shown: decided ? "admitted" : null,
  };
}

/**
 * Lets the person in with a place that this phone holds; the server is told.
 * @param {Person} person
 */
async function letIn(person) {
  const checkpoint = door.checkpoint();
  const slip = person.slip === null ? takeSlip() : null;
  const body = bodyOf(person, person.slip ?? slip?.id ?? null, true);
  useLease(checkpoint, body.scan);
  const at = new Date(correctedNow()).toISOString();
  const who = slip ? [`slip ${slip.id}`] : [];
  for (const one of who) noteAdmission(one, checkpoint, at, rosterFrame()?.device.name ?? "", body.scan);
  const lasting = await enqueue("walk_in", body, person.name);
  keep(body, { verdict: "admitted" }, who, 0);
  form.hidden = true;
  showDone({ id: body.id, name: person.name, ticket: slip?.ticket, shortCode: slip?.short_code ?? person.slip ?? "" });
  showSaid(body.id, text(lasting ? "walk_in_waits" : "undo_keep_open"), false);
  door.showVerdict({ id: body.scan, verdict: "admitted", name: person.name });
  void nudge();
}

/**
 * Asks the server; nothing is shown as done before it has answered.
 * @param {Person} person
 */
async function ask(person) {
  const body = bodyOf(person, person.slip, false);
  const release = reserveAnswer(body.id);
  showWrong(null, text("walk_in_asking"));
  await enqueue("walk_in", body, person.name);
  void nudge();
  const answer = await Promise.race([answerTo(body.id), new Promise((resolve) => setTimeout(resolve, PATIENCE, null))]);
  release();
  if (!answer || answer.refused) {
    await withdraw(body.id);
    if (answer) showWrong(answer.refused);
    else showWrong(null, text("walk_in_no_answer"));
    return;
  }
  if (answer.outcome === "full" || answer.outcome === "closed") {
    showWrong(null, text(`walk_in_${answer.outcome}`));
    return;
  }
  if (!answer.verdict) return; // the phone was revoked: it wipes itself
  keep(body, answer, [], Date.now());
  form.hidden = true;
  showDone({ id: body.id, name: person.name, ticket: answer.ticket, shortCode: answer.short_code });
  showSaid(body.id, text("walk_in_sent"), true);
  door.showVerdict({ ...answer, id: body.scan, name: person.name });
}

/**
 * Among the scans of the last minutes, so that it can be undone.
 * @param {ReturnType<typeof bodyOf>} body
 * @param {{verdict: string, attendee?: number}} answer
 * @param {string[]} who
 * @param {number} answeredAt
 */
function keep(body, answer, who, answeredAt) {
  const at = new Date(Date.parse(body.made_at) + body.clock_offset_ms).toISOString();
  const { scan: id, checkpoint, name } = body;
  const { verdict, attendee = null } = answer;
  void keepRecent({ id, attendee, who, name, checkpoint, at, verdict, direction: "in", answeredAt });
}

/**
 * The server has answered one that this phone let in by itself, perhaps hours ago.
 * @param {ReturnType<typeof bodyOf>} body
 * @param {any} answer
 */
function takeAnswer(body, answer) {
  if (body.shown === null) return;
  const known = recentScan(body.scan);
  if (known) void keepRecent({ ...known, attendee: answer.attendee ?? null, answeredAt: Date.now() });
  settleMarks(body.scan, Date.now(), true);
  if (answer.outcome === "full" || answer.outcome === "closed") tellOtherwise(text("walk_in_server_full"));
  if (!answer.attendee) return;
  if (answer.field === "slip") {
    showDone({ id: body.id, name: body.name, ticket: answer.ticket, shortCode: answer.short_code, only: true });
    showSaid(body.id, text("walk_in_slip_refused"), true);
  } else showSaid(body.id, text(typeof body.slip === "string" ? "walk_in_with_slip" : "walk_in_sent"), true);
}
