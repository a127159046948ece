// What a phone without a network says somebody has booked, at places of each kind; prints the titles by kind as JSON.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const door = resolve(process.argv[2]);
const load = (name) => import(pathToFileURL(`${door}/${name}`).href);
const { setFrame } = await load("frame.js");
const { bookedLines } = await load("judged-words.js");
const now = Date.parse("2026-10-10T01:00:00Z");
const sessions = [
  [1, "VNeID", "P1", "2026-10-10T02:00:00Z", "2026-10-10T03:00:00Z"],
  [2, "Ngân hàng số", "P2", "2026-10-10T07:00:00Z", "2026-10-10T08:00:00Z"],
  [3, "Hôm sau", "P1", "2026-10-11T02:00:00Z", "2026-10-11T03:00:00Z"],
];
setFrame({ sessions, checkpoints: [], slips: [] });
const person = { bookings: { 1: "c", 2: "w", 3: "c" } };
const kinds = ["entrance", "session", "booth", "volunteers", "custom"];
const titles = (kind) => {
  const place = { kind, name: "VNeID", room: "P1", session: kind === "session" ? 1 : null };
  return bookedLines(person, place, now).map(({ title }) => title);
};
console.log(JSON.stringify(Object.fromEntries(kinds.map((kind) => [kind, titles(kind)]))));
