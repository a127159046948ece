// The camera on the page: started by a touch, looked at ten times a second, started again when the phone took it away;
// light, other cameras, and single pictures instead of it.

import { Camera } from "./camera.js";
import { decode, startDecoder } from "./decoder.js";
import { element, text, typed } from "./page.js";
import { wake } from "./signals.js";

const BETWEEN_TRIES = 2_000;
const BETWEEN_LOOKS = 90; // milliseconds: ten pictures a second are enough, and leave the battery something

const status = element("status");
const video = typed("video", HTMLVideoElement);

export const camera = new Camera(video);

let looking = false;
/** @type {(text: string) => void} */
let found = () => undefined;
/** @type {() => void} */
let opened = () => undefined;

/** @type {Promise<boolean>} */
const decoderReady = startDecoder().then(
  () => true,
  () => false,
);

/** Says what to do now, when nothing else is to be said. */
export function sayReady() {
  status.textContent = camera.live ? text("scanning") : "";
}

/**
 * @param {object} uses
 * @param {(text: string) => void} uses.seen a QR code in front of the camera, each time it is seen
 * @param {(text: string) => void} uses.inPicture a QR code in a chosen picture
 * @param {() => void} uses.started another camera shows
 */
export function prepareCamera({ seen, inPicture, started }) {
  found = seen;
  opened = started;
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
    if (file) void takePicture(file, inPicture);
  });
  document.addEventListener("visibilitychange", () => {
    // Phones take the camera away from a page in the background.
    if (document.hidden || !looking) return;
    void keepAwake();
    if (!camera.live) void startCamera();
  });
}

async function look() {
  // A bad code, a bad picture, a failing worker: the camera goes on.
  for (;;) {
    const began = performance.now();
    if (camera.live && video.videoWidth && !document.hidden) {
      try {
        const code = await decode(video, video.videoWidth, video.videoHeight);
        if (code) found(code);
      } catch {
        status.textContent = text("decoder_failed");
        await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES));
      }
    }
    // A phone takes the camera away for a call: then it has to be started again.
    element("start").hidden = camera.live || camera.opening;
    await new Promise((resolve) => setTimeout(resolve, Math.max(10, BETWEEN_LOOKS - (performance.now() - began))));
  }
}

async function startCamera() {
  wake();
  if (!(await decoderReady)) {
    status.textContent = text("decoder_failed");
    return;
  }
  const problem = await camera.open();
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
  element("torch").setAttribute("aria-pressed", String(camera.isLit));
  element("switch-camera").hidden = (await camera.list()).length < 2;
  opened();
}

/** Asks the phone not to go dark; the wish ends when the page is hidden. */
async function keepAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Without it the volunteer taps the screen now and then.
  }
}

/**
 * @param {File} file
 * @param {(text: string) => void} inPicture
 */
async function takePicture(file, inPicture) {
  if (!(await decoderReady)) {
    status.textContent = text("decoder_failed");
    return;
  }
  try {
    const picture = await createImageBitmap(file);
    const code = await decode(picture, picture.width, picture.height, true);
    picture.close();
    if (code) inPicture(code);
    else status.textContent = text("nothing_in_picture");
  } catch {
    status.textContent = text("nothing_in_picture");
  }
}
