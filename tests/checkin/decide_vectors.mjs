// Runs the JavaScript twin over the shared vectors: prints the rules it answers otherwise, as JSON.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [, , decisionPath, vectorsPath] = process.argv;
const { decide } = await import(pathToFileURL(decisionPath).href);
const vectors = JSON.parse(await readFile(vectorsPath, "utf8"));
const wrong = [];
for (const { rule, ticket, checkpoint, history, now, direction, verdict } of vectors) {
  const answer = decide(ticket, checkpoint, history, now, direction);
  if (answer !== verdict) wrong.push({ rule, expected: verdict, answer });
}
console.log(JSON.stringify({ checked: vectors.length, wrong }));
