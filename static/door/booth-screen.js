// A booth's screen: the code by which visitors stamp themselves, new every 30 seconds, made here so that no network is
// needed after the first contact.

import { correctedNow } from "./clock.js";
import { install } from "./installing.js";
import { element, setup, text, typed } from "./page.js";
import { drawQr } from "./qr-drawing.js";
import { onRoster, rosterFrame } from "./roster.js";
import { WINDOW, dayOf, importKey, screenCode, windowOf } from "./stamp-code.js";
import { startPhone } from "./starting.js";
import { wipeAll } from "./wiping.js";

/** @typedef {import("./roster.js").Place} Place */

const LOOK = 250; // milliseconds between two looks at the clock
const SHOWN = 15_000; // the number does not stay on the screen
const PLACE = "festival.door.booth";

const status = element("booth-status");
const dialog = typed("booth-host-dialog", HTMLDialogElement);
const choice = typed("booth-place", HTMLSelectElement);

/** @type {{place: Place, told: string, key: CryptoKey} | null} */
let booth = null;
/** @type {string} the booth and window whose code is on the screen */
let drawn = "";
let lapsed = false;
/** @type {number | undefined} */
let closing;

/** @returns {Place[]} */
function booths() {
  return rosterFrame()?.checkpoints.filter((place) => place.kind === "booth" && place.stamp?.key) ?? [];
}

/** The booth that is shown: the one chosen here, or the first. */
async function chooseBooth() {
  const all = booths();
  const place = all.find((one) => String(one.id) === localStorage.getItem(PLACE)) ?? all[0];
  if (!place) {
    booth = null;
    say(rosterFrame() ? "booth_none" : "booth_waiting");
    return;
  }
  const told = place.stamp.key;
  const key = booth && booth.told === told ? booth.key : await importKey(told);
  booth = { place, told, key };
  showBooth(place, all);
  await draw();
}

/**
 * @param {Place} place
 * @param {Place[]} all
 */
function showBooth(place, all) {
  const [code, ...name] = place.name.split(" ");
  element("booth-code").hidden = name.length === 0;
  element("booth-code").textContent = code;
  element("booth-name").textContent = name.join(" ") || code;
  const given = place.stamp.given;
  element("booth-count").textContent = given ? text("booth_stamps", { count: given }) : "";
  element("booth-places").hidden = all.length < 2;
  choice.replaceChildren(...all.map((one) => new Option(one.name, String(one.id))));
  choice.value = String(place.id);
}

async function draw() {
  if (lapsed || !booth) return;
  const now = correctedNow();
  const wanted = windowOf(now);
  element("booth-line").setAttribute("width", String(100 - ((now % WINDOW) / WINDOW) * 100));
  const name = `${booth.place.id} ${wanted}`;
  if (name === drawn) return;
  drawn = name;
  const code = await screenCode(booth.key, booth.place.id, wanted);
  if (lapsed || name !== drawn) return;
  element("booth-qr").replaceChildren(drawQr(`${setup.address}${code}`, text("booth_qr")));
  status.textContent = "";
}

/** @param {string} name of the text that stands instead of a code */
function say(name) {
  drawn = "";
  element("booth-qr").replaceChildren();
  element("booth-line").setAttribute("width", "0");
  status.textContent = text(name);
}

/** Nothing of the key stays. */
async function lapse() {
  lapsed = true;
  booth = null;
  say("booth_lapsed");
  await wipeAll();
}

function openHost() {
  const number = booth?.place.stamp.numbers?.[dayOf(correctedNow())];
  element("booth-number").textContent = number ?? text("booth_no_number");
  dialog.showModal();
  clearTimeout(closing);
  closing = window.setTimeout(() => dialog.close(), SHOWN);
}

async function keepAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Without it somebody taps the screen now and then.
  }
}

async function start() {
  if (!globalThis.crypto?.subtle) {
    say("booth_insecure");
    return;
  }
  await startPhone(() => void lapse());
  await chooseBooth();
  onRoster(() => void chooseBooth());
  setInterval(() => void draw(), LOOK);
  await install();
}

element("booth-host").addEventListener("click", openHost);
element("booth-host-close").addEventListener("click", () => dialog.close());
choice.addEventListener("change", () => {
  localStorage.setItem(PLACE, choice.value);
  void chooseBooth();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) void keepAwake();
});
void keepAwake();
void start();
