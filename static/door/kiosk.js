// The kiosk: visitors check themselves in. The scanner's own parts in other words, and back to the start by itself; there
// is no way out of it but unpairing it in /manage.

import { camera, prepareCamera, sayReady } from "./camera-view.js";
import { isOnline } from "./connection.js";
import { isChoosing } from "./household.js";
import { install } from "./installing.js";
import { endPairing, hasLapsed } from "./lapsing.js";
import { prepareLateAnswers } from "./late-answers.js";
import { LOOKS, NO_ANSWER } from "./looks.js";
import { element, setup, text, typed } from "./page.js";
import { read } from "./reading.js";
import { Repeats } from "./repeats.js";
import { rosterFrame } from "./roster.js";
import { isBusy, prepareScanning, takeText } from "./scanning.js";
import { prepareSound, wake } from "./signals.js";
import { isElsewhere, startPhone } from "./starting.js";
import { prepareTyping } from "./typing.js";
import { closeVerdict, rehearse } from "./verdict-screen.js";

const SHOWN = 6_000; // milliseconds until the start screen is back
const IDLE = 20_000; // somebody walked away in the middle
const HOME = 60_000; // then the next visitor finds it in Vietnamese
const CODE = 8;

const keys = typed("kiosk-keys", HTMLDialogElement);
const code = typed("code", HTMLInputElement);
const household = typed("household", HTMLDialogElement);
const hint = element("kiosk-hint");
const repeats = new Repeats();

/** @type {number | undefined} */
let idle;
/** @type {number | undefined} */
let home;

// No verdict waits for a tap here: the next visitor is standing there.
for (const look of [...Object.values(LOOKS), NO_ANSWER]) look.closes = SHOWN;

function isStopped() {
  return hasLapsed() || isElsewhere() || !setup.checkpoints.length;
}

/** @param {string} found the text of a QR code in front of the camera */
function takeFromCamera(found) {
  const { key } = read(found);
  if (repeats.isRepeat(key, performance.now()) || isBusy() || isChoosing() || isStopped()) return;
  repeats.note(key, performance.now());
  stir();
  keys.close();
  void takeText(found).then(() => repeats.note(key, performance.now()));
}

/** @param {string} given from the keypad or a hand-held scanner */
function takeByHand(given) {
  if (isBusy() || isChoosing() || isStopped()) return;
  if (read(given).kind === "other" && given.length <= CODE) {
    hint.textContent = text("kiosk_wrong_code");
    code.value = given;
    return;
  }
  keys.close();
  void takeText(given);
}

/** Somebody is here. Without a touch for a while, what stands open goes away. */
function stir() {
  clearTimeout(idle);
  clearTimeout(home);
  idle = window.setTimeout(startOver, IDLE);
  home = window.setTimeout(backToVietnamese, HOME);
}

function startOver() {
  keys.close();
  household.close();
  closeVerdict();
  code.value = "";
  hint.textContent = "";
}

function backToVietnamese() {
  if (document.documentElement.lang !== "vi" && isOnline() && !hasLapsed()) location.replace("?lang=vi");
}

function openKeys() {
  code.value = "";
  hint.textContent = "";
  keys.showModal();
}

/** @param {string} key */
function press(key) {
  if (code.value.length < CODE) code.value += key;
  hint.textContent = "";
}

function fillScreen() {
  if (document.fullscreenElement || !navigator.userActivation?.isActive) return;
  document.documentElement.requestFullscreen?.().catch(() => undefined); // a wish: it works without
}

// --- the page -------------------------------------------------------------------------------------------------------

document.addEventListener("pointerdown", () => {
  stir();
  wake();
});
document.addEventListener("keydown", stir);
document.addEventListener("click", fillScreen);
document.addEventListener("contextmenu", (event) => event.preventDefault());
code.addEventListener("focus", () => code.blur()); // what a hand-held scanner types arrives without it
element("kiosk-keys-open").addEventListener("click", openKeys);
element("kiosk-keys-close").addEventListener("click", () => keys.close());
element("kiosk-erase").addEventListener("click", () => {
  code.value = code.value.slice(0, -1);
});
for (const button of keys.querySelectorAll("[data-key]")) {
  button.addEventListener("click", () => press(/** @type {HTMLElement} */ (button).dataset.key ?? ""));
}

prepareScanning({
  // The organizer may have given it another one meanwhile.
  checkpoint: () => rosterFrame()?.checkpoints[0]?.id ?? setup.checkpoints[0] ?? 0,
  direction: () => "in",
  skill: () => null,
  takeCard: () => false,
  ready: sayReady,
});
prepareLateAnswers();
prepareCamera({ seen: takeFromCamera, inPicture: takeByHand, started: () => undefined });
prepareTyping(takeByHand);
camera.facing = "user";

const starting = startPhone((reason) => void endPairing(reason));
prepareSound();
rehearse();
await starting;
element("start").click();
stir();
await install();
