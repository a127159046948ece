// The page's side of the decoder's worker. A worker that dies or hangs (a cheap phone runs out of memory) is replaced: one
// picture is lost, the camera goes on.

import { setup } from "./page.js";

const LONGEST_SIDE = 960;
const PATIENCE = 8_000;
const PATIENCE_AT_START = 20_000;

/** @type {Worker | undefined} */
let worker;
let number = 0;
/** @type {Map<number, (text: string | null) => void>} */
const waiting = new Map();
const canvas = document.createElement("canvas");
const pen = canvas.getContext("2d", { willReadFrequently: true });

/**
 * Starts the worker, which compiles at once. Resolves when it is ready to read.
 * @returns {Promise<void>}
 */
export function startDecoder() {
  return new Promise((resolve, reject) => {
    const fresh = new Worker(setup.worker, { type: "module" });
    worker = fresh;
    const fail = () => {
      clearTimeout(timer);
      reject(new Error("decoder"));
      giveUp(fresh);
    };
    const timer = setTimeout(fail, PATIENCE_AT_START);
    fresh.onerror = fail;
    fresh.onmessage = ({ data }) => {
      if (data.ready) {
        clearTimeout(timer);
        resolve();
      } else if (data.failed) fail();
      else answer(data.number, data.text);
    };
  });
}

/**
 * @param {number} asked
 * @param {string | null} text
 */
function answer(asked, text) {
  waiting.get(asked)?.(text);
  waiting.delete(asked);
}

/**
 * Nobody waits for that worker any more; the next picture gets another one.
 * @param {Worker} failed
 */
function giveUp(failed) {
  if (worker !== failed) return;
  failed.terminate();
  worker = undefined;
  for (const asked of [...waiting.keys()]) answer(asked, null);
}

/**
 * The text of the QR code in a picture, or null.
 * @param {CanvasImageSource} source
 * @param {number} width
 * @param {number} height
 * @param {boolean} [careful] takes longer; for single pictures
 * @returns {Promise<string | null>}
 */
export async function decode(source, width, height, careful = false) {
  const scale = Math.min(1, (careful ? 2 : 1) * (LONGEST_SIDE / Math.max(width, height)));
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  if (!pen || !w || !h) return null;
  if (!worker) await startDecoder();
  const asked = worker;
  if (!asked) return null;
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  pen.drawImage(source, 0, 0, w, h);
  const pixels = pen.getImageData(0, 0, w, h).data.buffer;
  number += 1;
  const mine = number;
  return new Promise((resolve) => {
    const timer = setTimeout(giveUp, PATIENCE, asked);
    waiting.set(mine, (text) => {
      clearTimeout(timer);
      resolve(text);
    });
    asked.postMessage({ number: mine, pixels, width: w, height: h, careful }, [pixels]);
  });
}
