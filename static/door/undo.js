// "Just scanned": what this phone let in or out in the last quarter of an hour, and taking it back with a reason. It
// works without a network: the wish is kept on disk and sent after the scan itself.

import { offset } from "./clock.js";
import { isOnline } from "./connection.js";
import { newId } from "./ids.js";
import { clockAndDay } from "./judged-words.js";
import { element, make, text, typed, verdictWords } from "./page.js";
import { answerTo, enqueue } from "./queue.js";
import { onRecent, recentScans } from "./recent.js";
import { checkpointOf } from "./roster.js";
import { nudge } from "./sync.js";

/**
 * @typedef {import("./recent.js").Recent} Recent
 * @typedef {{scan: Recent, state: string}} Undone
 */

const DID_SOMETHING = ["admitted", "exited"];
const LONGEST_REASON = 200;

const dialog = typed("undo", HTMLDialogElement);
const form = typed("undo-form", HTMLFormElement);
const list = element("undo-scans");
const other = typed("undo-other", HTMLInputElement);

/** @type {Map<string, Undone>} what was taken back since the page was opened, by scan */
const undone = new Map();
/** @type {Recent | null} */
let chosen = null;

export function prepareUndo() {
  element("undo-open").addEventListener("click", () => {
    showList();
    dialog.showModal();
  });
  element("undo-close").addEventListener("click", () => dialog.close());
  element("undo-back").addEventListener("click", showList);
  form.addEventListener("change", () => {
    element("undo-other-field").hidden = reasonGiven() !== "other";
    element("undo-problem").textContent = "";
    if (reasonGiven() === "other") other.focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void takeBack();
  });
  onRecent(() => {
    if (dialog.open && form.hidden) drawList();
  });
}

/** Whether the list stands on the screen: a code in front of the camera is not meant then. */
export function isUndoing() {
  return dialog.open;
}

// --- the list -------------------------------------------------------------------------------------------------------

function showList() {
  chosen = null;
  showForm(false);
  drawList();
}

function drawList() {
  const scans = recentScans().filter((scan) => !undone.has(scan.id));
  const all = [...scans, ...[...undone.values()].map(({ scan }) => scan)];
  all.sort((one, two) => (one.at < two.at ? 1 : -1));
  element("undo-status").textContent = text(all.length ? "undo_until" : "undo_nothing");
  list.replaceChildren(...all.map(line));
}

/** @param {Recent} scan */
function line(scan) {
  const item = make("li", "person");
  const told = make("div", "undo__told");
  const place = checkpointOf(scan.checkpoint)?.name ?? "";
  const word = verdictWords[/** @type {import("./decision.js").Verdict} */ (scan.verdict)]?.word ?? "";
  told.append(make("span", "person__name", scan.name || text("undo_nameless")));
  const when = [clockAndDay(Date.parse(scan.at)).at, word, place].filter(Boolean).join(" · ");
  told.append(make("span", "person__state", when));
  item.append(told);
  const taken = undone.get(scan.id);
  if (taken) {
    item.classList.add("undo__taken");
    told.append(make("strong", "person__state", taken.state));
  } else if (DID_SOMETHING.includes(scan.verdict)) {
    const button = /** @type {HTMLButtonElement} */ (make("button", "btn", text("undo")));
    button.type = "button";
    button.setAttribute("aria-label", `${text("undo")}: ${scan.name}`);
    button.onclick = () => askWhy(scan);
    item.append(button);
  }
  return item;
}

// --- the reason -----------------------------------------------------------------------------------------------------

/** @param {Recent} scan */
function askWhy(scan) {
  chosen = scan;
  form.reset();
  element("undo-other-field").hidden = true;
  element("undo-problem").textContent = "";
  element("undo-who").textContent = text("undo_why", { name: scan.name || text("undo_nameless") });
  showForm(true);
  form.querySelector("input")?.focus();
}

/** @param {boolean} shown instead of the list: a small phone has room for one */
function showForm(shown) {
  form.hidden = !shown;
  list.hidden = shown;
  dialog.classList.toggle("undo--why", shown);
}

function reasonGiven() {
  return String(new FormData(form).get("reason") ?? "");
}

async function takeBack() {
  const scan = chosen;
  const given = reasonGiven();
  const words = given === "other" ? other.value.trim().slice(0, LONGEST_REASON) : given && text(`undo_reason_${given}`);
  if (!scan) return;
  if (!words) {
    element("undo-problem").textContent = text("undo_reason_missing");
    return;
  }
  const id = newId();
  undone.set(scan.id, { scan, state: text(isOnline() ? "undo_sending" : "undo_waiting") });
  showList();
  const undone_at = new Date().toISOString();
  const lasting = await enqueue(
    "undo",
    { id, scan: scan.id, reason: words, undone_at, clock_offset_ms: offset() },
    scan.name,
  );
  if (!lasting) note(scan, text("undo_keep_open"));
  void answerTo(id).then((answer) => note(scan, wordsFor(answer)));
  void nudge();
}

/**
 * @param {Recent} scan
 * @param {string} state
 */
function note(scan, state) {
  undone.set(scan.id, { scan, state });
  if (dialog.open && form.hidden) drawList();
}

/** @param {{outcome?: string, refused?: string}} answer */
function wordsFor({ outcome }) {
  return text(outcome ? `undo_${outcome}` : "undo_refused");
}
