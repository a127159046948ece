// The page's side of the decoder's worker.

import { setup } from "./page.js";

const LONGEST_SIDE = 960;

/** @type {Worker} */
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
    worker = new Worker(setup.worker, { type: "module" });
    worker.onerror = () => reject(new Error("decoder"));
    worker.onmessage = ({ data }) => {
      if (data.ready) resolve();
      else if (data.failed) reject(new Error("decoder"));
      else {
        waiting.get(data.number)?.(data.text);
        waiting.delete(data.number);
      }
    };
  });
}

/**
 * The text of the QR code in a picture, or null.
 * @param {CanvasImageSource} source
 * @param {number} width
 * @param {number} height
 * @param {boolean} [careful] takes longer; for single pictures
 * @returns {Promise<string | null>}
 */
export function decode(source, width, height, careful = false) {
  const scale = Math.min(1, (careful ? 2 : 1) * (LONGEST_SIDE / Math.max(width, height)));
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  if (!pen || !w || !h) return Promise.resolve(null);
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  pen.drawImage(source, 0, 0, w, h);
  const pixels = pen.getImageData(0, 0, w, h).data.buffer;
  number += 1;
  const mine = number;
  return new Promise((resolve) => {
    waiting.set(mine, resolve);
    worker.postMessage({ number: mine, pixels, width: w, height: h, careful }, [pixels]);
  });
}
