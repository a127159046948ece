// Gets this phone ready, with or without a network: opens what is kept, marks what it did since, and begins to keep
// itself and the server alike. The scanner, the kiosk and a booth's screen all begin here.

import { forgetNames, isLongOver } from "./afterwards.js";
import { remember } from "./clock.js";
import { markAgain } from "./marking.js";
import { beTheOnlyOne, takeOver } from "./only-one.js";
import { setup } from "./page.js";
import { loadQueue, putAsideOnes, waiting } from "./queue.js";
import { loadRoster, noteSlip, rosterFrame } from "./roster.js";
import { warmUp } from "./signature.js";
import { askToStay, openStore, read, write } from "./store.js";
import { startSync, stopSync } from "./sync.js";

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
  for (const { body } of [...waiting(), ...putAsideOnes()]) if (typeof body.slip === "number") noteSlip(body.slip);
  await markAgain();
  const festival = rosterFrame()?.festival;
  if (festival) void warmUp(festival.public_key);
  void write([["meta", "probe", 0], ["queue", "probe", undefined]]).catch(() => undefined); // the first scan finds it open
  if (isLongOver(festival)) await forgetNames();
  performance.measure("door ready", { start: began });
  void startSync(whenLapsed);
  return { roster: rosterFrame() !== null, staying: askToStay() };
}

/** Whether another page of this browser is the scanner. */
export function isElsewhere() {
  return document.getElementById("elsewhere")?.hidden === false;
}
