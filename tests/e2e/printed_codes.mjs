// Runs the scanner's own decoder worker (static/door/decoder-worker.js) on grey frames from standard input, one after the
// other, each `width` × `height` bytes. Prints one JSON list: the text that was read in each frame, or null.

import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const [worker, width, height] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const size = width * height;

// What a worker has and node has not.
globalThis.ImageData = class {
  constructor(data, w, h) {
    Object.assign(this, { data, width: w, height: h, colorSpace: "srgb" });
  }
};
globalThis.fetch = async (address) =>
  new Response(readFileSync(fileURLToPath(address)), { headers: { "Content-Type": "application/wasm" } });
let answer;
globalThis.onmessage = null;
globalThis.postMessage = (message) => answer(message);
const next = () =>
  new Promise((resolve) => {
    answer = resolve;
  });

const started = next();
await import(pathToFileURL(worker).href);
if (!(await started).ready) throw new Error("the decoder does not start");

const texts = [];
let rest = Buffer.alloc(0);
for await (const part of process.stdin) {
  rest = rest.length ? Buffer.concat([rest, part]) : part;
  while (rest.length >= size) {
    const pixels = new Uint8ClampedArray(size * 4);
    const words = new Uint32Array(pixels.buffer);
    for (let place = 0; place < size; place += 1) words[place] = 0xff000000 | (rest[place] * 0x010101);
    rest = rest.subarray(size);
    const read = next();
    globalThis.onmessage({ data: { number: texts.length, pixels: pixels.buffer, width, height, careful: false } });
    texts.push((await read).text);
  }
}
process.stdout.write(JSON.stringify(texts), () => process.exit(0));
