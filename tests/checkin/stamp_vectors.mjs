// Runs the JavaScript twin over the shared vectors: prints what it answers otherwise, as JSON.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;
const [, , twinPath, vectorsPath] = process.argv;
const { dayOf, importKey, screenCode, windowOf } = await import(pathToFileURL(twinPath).href);
const vectors = JSON.parse(await readFile(vectorsPath, "utf8"));
const wrong = [];
for (const vector of vectors) {
  const key = await importKey(vector.key);
  const moment = Date.parse(vector.at);
  const said = {
    window: windowOf(moment),
    code: await screenCode(key, vector.checkpoint, windowOf(moment)),
    day: dayOf(moment),
  };
  for (const [name, value] of Object.entries(said)) {
    if (value !== vector[name]) wrong.push({ case: vector.case, name, expected: vector[name], value });
  }
}
console.log(JSON.stringify({ checked: vectors.length, wrong }));
