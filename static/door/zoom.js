// Coming nearer to a small code: a slider with steps, where the camera can do it.

import { element, text, typed } from "./page.js";

const STEPS = 8;

const box = element("zoom");
const slider = typed("zoom-slider", HTMLInputElement);

/** @type {import("./camera.js").Camera | null} */
let camera = null;

/** @param {import("./camera.js").Camera} ofPage */
export function prepareZoom(ofPage) {
  camera = ofPage;
  slider.addEventListener("input", () => void go(Number(slider.value)));
  slider.addEventListener("change", () => slider.blur()); // or a hand-held scanner would type into it
  element("zoom-out").addEventListener("click", () => void go(stepFrom(-1)));
  element("zoom-in").addEventListener("click", () => void go(stepFrom(1)));
  refreshZoom();
}

/** The camera was opened, changed or closed. */
export function refreshZoom() {
  const range = camera?.zoomRange ?? null;
  box.hidden = range === null;
  if (range) Object.assign(slider, { min: String(range.min), max: String(range.max), step: String(range.step) });
  if (range) show(range.now);
}

/**
 * The value one step nearer or farther, within what the camera can do.
 * @param {number} direction 1 or -1
 */
function stepFrom(direction) {
  const range = camera?.zoomRange;
  return range ? nextZoom(range, direction) : 0;
}

/**
 * @param {import("./camera.js").ZoomRange} range
 * @param {number} direction
 */
export function nextZoom(range, direction) {
  const wide = (range.max - range.min) / STEPS;
  return Math.min(range.max, Math.max(range.min, range.now + direction * Math.max(wide, range.step)));
}

/** @param {number} wanted */
async function go(wanted) {
  if (camera) show(await camera.zoomTo(wanted));
}

/** @param {number} value */
function show(value) {
  slider.value = String(value);
  slider.setAttribute("aria-valuetext", text("zoom_is", { times: value.toFixed(1) }));
}
