// Gets this phone ready, with or without a network: opens what is kept, marks what it did since, and begins to keep
// itself and the server alike. The scanner, the kiosk and a booth's screen all begin here.

import { remember } from "./clock.js";
import { beTheOnlyOne, takeOver } from "./only-one.js";
import { setup } from "./page.js";
import { counts, loadQueue, next } from "./queue.js";
import { loadRecent } from "./recent.js";
import { dropRoster, loadRoster, noteAdmission, noteExit, rosterFrame, settleMarks } from "./roster.js";
import { warmUp } from "./signature.js";
import { askToStay, openStore, read } from "./store.js";
import { isLongOver, startSync, stopSync } from "./sync.js";

/**
 * @typedef {object} Started
 * @property {boolean} roster whether there is a list to judge by
 * @property {Promise<boolean>} staying whether the browser will not clear what is kept
 */

/**
 * Resolves when scans can be judged; fetching and sending go on by themselves.
 * @param {(reason: "revoked" | "unpaired") => void} whenLapsed called once when the phone is no longer paired
 * @returns {Promise<Started>}
 */
export async function startPhone(whenLapsed) {
  let running = false;
  const hide = (/** @type {boolean} */ hidden) => {
    const cover = document.getElementById("elsewhere");
    if (cover) cover.hidden = !hidden;
    if (hidden && running) stopSync();
  };
  document.getElementById("elsewhere-here")?.addEventListener("click", () => takeOver(hide, () => location.reload()));
  await beTheOnlyOne(hide);
  running = true;
  const began = performance.now();
  await openStore();
  remember(await read("meta", "clock"));
  await loadQueue(setup.festival);
  await loadRoster(setup.festival);
  await markAgain();
  const festival = rosterFrame()?.festival;
  if (festival) void warmUp(festival.public_key);
  if (isLongOver(festival) && !counts().waiting) await dropRoster();
  performance.measure("door ready", { start: began });
  void startSync(whenLapsed);
  return { roster: rosterFrame() !== null, staying: askToStay() };
}

/** What was scanned before the page was closed and the roster on disk does not tell. */
async function markAgain() {
  const frame = rosterFrame();
  const unsent = new Set(next("scan", Infinity).map((entry) => entry.id));
  for (const scan of await loadRecent()) {
    const told = scan.answeredAt && scan.answeredAt < (frame?.syncedAt ?? 0);
    if (told) continue;
    for (const who of scan.who) {
      if (scan.direction === "out") noteExit(who, scan.checkpoint, scan.at, scan.id);
      else noteAdmission(who, scan.checkpoint, scan.at, frame?.device.name ?? "", scan.id);
    }
    if (!unsent.has(scan.id)) settleMarks(scan.id, Date.now(), true);
  }
}

/** Whether another page of this browser is the scanner. */
export function isElsewhere() {
  return document.getElementById("elsewhere")?.hidden === false;
}
