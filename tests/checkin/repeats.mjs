// Plays moments at which codes are seen to the scanner's Repeats; prints which of them count as scans.
import { pathToFileURL } from "node:url";

const { Repeats } = await import(pathToFileURL(process.argv[2]).href);
const repeats = new Repeats();
const counted = [];
for (const [key, now] of JSON.parse(process.argv[3])) {
  if (repeats.isRepeat(key, now)) continue;
  repeats.note(key, now);
  counted.push([key, now]);
}
console.log(JSON.stringify(counted));
