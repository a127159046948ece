// The scanner's page: codes come in from the camera, a picture, a hand-held scanner or the keyboard; each becomes a
// scan with an id of its own, goes to the server, and the answer fills the screen.

import { sendScans } from "./calls.js";
import { Camera } from "./camera.js";
import { decode, startDecoder } from "./decoder.js";
import { isFinding, prepareFinder } from "./finder.js";
import { isChoosing, showHousehold } from "./household.js";
import { element, setup, text, typed } from "./page.js";
import { read } from "./reading.js";
import { Repeats } from "./repeats.js";
import { wake } from "./signals.js";
import { prepareTyping } from "./typing.js";
import { closeVerdict, isWaiting, showTrouble, showVerdict } from "./verdict-screen.js";

/** @typedef {import("./reading.js").Reading} Reading */

const BETWEEN_LOOKS = 90; // milliseconds: ten pictures a second are enough, and leave the battery something
const PLACE = "festival.door.checkpoint";

const status = element("status");
const video = typed("video", HTMLVideoElement);
const camera = new Camera(video);
const repeats = new Repeats();

/**
 * Scans that the server has not answered: the next try of the same code is the same scan.
 * @type {Map<string, import("./calls.js").Scan>}
 */
const unanswered = new Map();
let busy = false;

// --- from a code to a verdict ---------------------------------------------------------------------------------------

function checkpoint() {
  const select = document.getElementById("checkpoint");
  return select instanceof HTMLSelectElement ? Number(select.value) : (setup.checkpoints[0] ?? 0);
}

function isOccupied() {
  return busy || isWaiting() || isChoosing() || isFinding();
}

/** @param {string} found the text of a QR code in front of the camera */
function takeFromCamera(found) {
  const reading = read(found);
  if (repeats.isRepeat(reading.key, Date.now()) || isOccupied()) return;
  void take(reading);
}

/** @param {string} given typed, or read from a picture */
function takeByHand(given) {
  if (busy) return;
  void take(read(given));
}

/**
 * @param {Reading} reading
 * @param {number[]} [members]
 */
async function take(reading, members) {
  wake();
  closeVerdict();
  repeats.note(reading.key, Date.now());
  if (reading.kind === "other") {
    // Somebody's bank code or identity card: it stays on this phone.
    showVerdict({ id: "", verdict: "unknown" });
    return;
  }
  const key = [reading.key, checkpoint(), ...(members ?? [])].join(" ");
  const scan = unanswered.get(key) ?? newScan(reading, members);
  unanswered.set(key, scan);
  busy = true;
  status.textContent = text("checking");
  const result = await sendScans([scan]);
  busy = false;
  status.textContent = camera.live ? text("scanning") : "";
  repeats.note(reading.key, Date.now());
  if ("failure" in result) {
    showFailure(result.failure);
    return;
  }
  unanswered.delete(key);
  showAnswer(result.answers[0], reading);
}

/**
 * @param {Exclude<Reading, {kind: "other"}>} reading
 * @param {number[]} [members]
 * @returns {import("./calls.js").Scan}
 */
function newScan(reading, members) {
  const { kind: _kind, key: _key, ...what } = reading;
  return {
    id: crypto.randomUUID ? crypto.randomUUID() : plainUuid(),
    checkpoint: checkpoint(),
    ...what,
    ...(members ? { members } : {}),
    direction: "in",
    scanned_at: new Date().toISOString(),
    offline: false,
  };
}

/** A random UUID where the browser has none: on an address that is not secure. */
function plainUuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/**
 * @param {import("./calls.js").Answer} answer
 * @param {Reading} reading
 */
function showAnswer(answer, reading) {
  if (answer.verdict) showVerdict({ ...answer, verdict: answer.verdict });
  else if (answer.members) {
    showHousehold(answer.household ?? "", answer.members, (chosen) => void take(reading, chosen));
  } else showTrouble(text("refused"), "");
}

/** @param {import("./calls.js").Failure} failure */
function showFailure(failure) {
  if (failure === "no_answer") showTrouble(text("no_answer"), text("no_answer_hint"));
  else if (failure === "unpaired") showTrouble(text("unpaired"), text("unpaired_hint"), () => location.reload());
  else showTrouble(text(failure), "");
}

// --- camera and pictures --------------------------------------------------------------------------------------------

/** @type {Promise<boolean>} */
const decoderReady = startDecoder().then(
  () => true,
  () => false,
);

async function look() {
  // A bad code, a bad picture, a failing worker: the camera goes on.
  for (;;) {
    const began = performance.now();
    if (camera.live && video.videoWidth && !document.hidden) {
      try {
        const found = await decode(video, video.videoWidth, video.videoHeight);
        if (found) takeFromCamera(found);
      } catch {
        status.textContent = text("scanning");
      }
    }
    // A phone takes the camera away for a call: then it has to be started again.
    element("start").hidden = camera.live || camera.opening;
    await new Promise((resolve) => setTimeout(resolve, Math.max(10, BETWEEN_LOOKS - (performance.now() - began))));
  }
}

let looking = false;

/** @param {string} [deviceId] */
async function startCamera(deviceId) {
  wake();
  if (!(await decoderReady)) {
    status.textContent = text("decoder_failed");
    return;
  }
  const problem = await camera.open(deviceId);
  element("start").hidden = problem === null;
  status.textContent = problem ? text(`camera_${problem}`) : text("scanning");
  if (problem) return;
  await offerControls();
  void keepAwake();
  if (!looking) {
    looking = true;
    void look();
  }
}

async function offerControls() {
  element("torch").hidden = !camera.hasTorch;
  element("switch-camera").hidden = (await camera.list()).length < 2;
}

/** Asks the phone not to go dark; the wish ends when the page is hidden. */
async function keepAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Without it the volunteer taps the screen now and then.
  }
}

/** @param {File} file */
async function takePicture(file) {
  if (!(await decoderReady)) {
    status.textContent = text("decoder_failed");
    return;
  }
  try {
    const picture = await createImageBitmap(file);
    const found = await decode(picture, picture.width, picture.height, true);
    picture.close();
    if (found) takeByHand(found);
    else status.textContent = text("nothing_in_picture");
  } catch {
    status.textContent = text("nothing_in_picture");
  }
}

// --- the page -------------------------------------------------------------------------------------------------------

element("start").addEventListener("click", () => void startCamera());
element("torch").addEventListener("click", async () => {
  element("torch").setAttribute("aria-pressed", String(await camera.toggleTorch()));
});
element("switch-camera").addEventListener("click", async () => {
  const name = await camera.next();
  await offerControls();
  status.textContent = name ? text("camera", { name }) : text("camera_missing");
});
element("picture").addEventListener("change", (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  const file = input.files?.[0];
  input.value = "";
  if (file) void takePicture(file);
});
document.addEventListener("visibilitychange", () => {
  // Phones take the camera away from a page in the background.
  if (document.hidden || !looking) return;
  void keepAwake();
  if (!camera.live) void startCamera();
});

const places = document.getElementById("checkpoint");
if (places instanceof HTMLSelectElement) {
  const kept = localStorage.getItem(PLACE) ?? "";
  if ([...places.options].some((option) => option.value === kept)) places.value = kept;
  places.addEventListener("change", () => {
    localStorage.setItem(PLACE, places.value);
    places.blur(); // or a hand-held scanner's letters would choose another place
  });
}
prepareTyping(takeByHand);
prepareFinder(checkpoint, (attendee) => void take({ kind: "attendee", key: `attendee ${attendee}`, attendee }));
