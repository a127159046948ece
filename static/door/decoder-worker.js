// Reads QR codes out of pictures, away from the page so that it never stutters. The wasm is fetched and compiled
// as soon as the worker starts, before the first scan.

import { prepareZXingModule, readBarcodes } from "../vendor/zxing-wasm/reader/index.js";

const WASM = new URL("../vendor/zxing-wasm/reader/zxing_reader.wasm", import.meta.url).href;

const ready = prepareZXingModule({
  overrides: { locateFile: (/** @type {string} */ path) => (path.endsWith(".wasm") ? WASM : path) },
  fireImmediately: true,
});

ready.then(
  () => postMessage({ ready: true }),
  () => postMessage({ failed: true }),
);

/** @param {MessageEvent<{number: number, pixels: ArrayBuffer, width: number, height: number, careful: boolean}>} event */
onmessage = async ({ data }) => {
  let text = null;
  try {
    await ready;
    const picture = new ImageData(new Uint8ClampedArray(data.pixels), data.width, data.height);
    const found = await readBarcodes(picture, {
      formats: ["QRCode"],
      maxNumberOfSymbols: 1,
      tryHarder: true,
      tryInvert: data.careful,
      tryDenoise: data.careful,
    });
    text = found[0]?.text || null;
  } catch {
    text = null; // A picture that cannot be read is a picture without a code.
  }
  postMessage({ number: data.number, text });
};
