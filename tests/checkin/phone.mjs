// Plays a phone without a page: the modules of static/door/ that keep, judge and send, against a server made of rules.
// The story is JSON on standard input; what happened is printed as JSON.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const door = `${process.argv[2]}/`;
const load = (name) => import(pathToFileURL(door + name).href);
const story = JSON.parse(readFileSync(0, "utf8"));
const page = { setup: JSON.stringify({ festival: 7, api: "http://door.test/api/" }), texts: "{}" };
globalThis.document = { getElementById: (id) => ({ textContent: page[id] ?? "" }), hidden: false };

const server = { sent: [], requests: 0, down: false, poison: new Set(), refuse: new Set(), status: 500, roster: null };
globalThis.fetch = async (address, { body } = {}) => {
  server.requests += 1;
  if (server.down) throw new TypeError("no network");
  const now = new Date().toISOString();
  if (address.includes("/roster")) {
    return server.roster ? Response.json({ now, ...server.roster }) : Response.json({ error: "x" }, { status: 503 });
  }
  const { scans } = JSON.parse(body);
  if (scans.some((one) => server.poison.has(one.id))) return Response.json({ error: "x" }, { status: server.status });
  const answers = scans.map((one) =>
    server.refuse.has(one.id) ? { id: one.id, refused: "members" } : { id: one.id, verdict: "admitted" },
  );
  server.sent.push(scans.map((one) => ({ id: one.id, offline: one.offline })));
  return Response.json({ answers, now });
};

const queue = await load("queue.js");
const sync = await load("sync.js");
const roster = await load("roster.js");
const clock = await load("clock.js");
const { judgeHere } = await load("judge-here.js");
await queue.loadQueue(7);
await sync.startSync(() => undefined);
const said = [];

const acts = {
  set: (values) => Object.assign(server, values, values.poison ? { poison: new Set(values.poison) } : {}),
  refuse: (ids) => (server.refuse = new Set(ids)),
  roster: (given) => roster.takePage(given, Date.now()),
  scan: async (id) => {
    await queue.enqueue("scan", { id, offline: false, shown: "admitted" }, id);
  },
  scans: async ({ from, to }) => {
    for (let number = from; number < to; number += 1) await acts.scan(String(number));
  },
  send: () => sync.nudge(),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  measure: ([told, sent, received]) => {
    const now = Date.now();
    return clock.measure(new Date(now + told).toISOString(), now + sent, now + received);
  },
  offset: () => clock.offset(),
  back: (milliseconds) => {
    const real = Date.now;
    Date.now = () => real() - milliseconds;
    return clock.jumpsBack();
  },
  cycle: async () => {
    sync.tryNow();
    await acts.wait(300);
  },
  people: () => roster.size(),
  judge: async ({ reading, now, note, ...asked }) => {
    const local = await judgeHere(reading, { id: "1", direction: "in", checkpoint: 1, ...asked, now: Date.parse(now) });
    for (const who of note ? (local?.passed ?? []) : []) roster.noteAdmission(who, asked.checkpoint ?? 1, now, "A");
    return local;
  },
  search: ([words, year]) => roster.search(words, year).map((one) => one.attendee),
};

for (const [act, given] of story) said.push((await acts[act](given)) ?? null);
const aside = queue.putAsideOnes().map((one) => [one.id, one.aside]);
console.log(JSON.stringify({ said, sent: server.sent, requests: server.requests, asideOnes: aside, ...queue.counts() }));
process.exit(0);
