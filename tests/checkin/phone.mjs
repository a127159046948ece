// Plays a phone without a page: the modules of static/door/ that keep, judge and send, against a server made of rules.
// The story is JSON on standard input; what happened is printed as JSON.
import { readFileSync } from "node:fs";
import { mock } from "node:test";
import { pathToFileURL } from "node:url";

const door = `${process.argv[2]}/`;
const load = (name) => import(pathToFileURL(door + name).href);
const story = JSON.parse(readFileSync(0, "utf8"));
const page = { setup: JSON.stringify({ festival: 7, api: "http://door.test/api/" }), texts: "{}" };
globalThis.document = { getElementById: (id) => ({ textContent: page[id] ?? "" }), hidden: false };

const server = { sent: [], requests: 0, rosters: 0, undos: [], down: false, status: 500, roster: null };
// What the server does to scans of these ids; `hasty`: it takes no call with typed codes at all; `typed`: so many a call.
Object.assign(server, { poison: new Set(), refuse: new Set(), later: new Set(), unknown: new Set(), hasty: false, typed: Infinity });
globalThis.fetch = async (address, { body } = {}) => {
  server.requests += 1;
  if (server.down) throw new TypeError("no network");
  const now = new Date().toISOString();
  if (address.includes("/roster")) {
    server.rosters += 1;
    if (server.pages?.length) {
      const page = server.pages.shift();
      return page ? Response.json({ now, ...page }) : Response.json({ error: "x" }, { status: 503 });
    }
    return server.roster ? Response.json({ now, ...server.roster }) : Response.json({ error: "x" }, { status: 503 });
  }
  const { scans, undos } = JSON.parse(body);
  if (undos) {
    server.undos.push(...undos.map((one) => one.scan));
    return Response.json({ answers: undos.map((one) => ({ id: one.id, outcome: "undone" })), now });
  }
  if (server.hasty && scans.some((one) => one.code)) return Response.json({ error: "x" }, { status: 429 });
  if (scans.some((one) => server.poison.has(one.id))) return Response.json({ error: "x" }, { status: server.status });
  let typed = 0;
  const answers = scans.map(({ id, code }) => {
    if (server.refuse.has(id)) return { id, refused: "members" };
    if (server.later.has(id)) return { id, later: true };
    if (code && (typed += 1) > server.typed) return { id, later: true };
    return { id, verdict: server.unknown.has(id) ? "unknown" : "admitted" };
  });
  server.sent.push(scans.map((one) => ({ id: one.id, offline: one.offline })));
  return Response.json({ answers, now });
};

if (story[0]?.[0] === "still") holdClock();
const queue = await load("queue.js");
const sync = await load("sync.js");
const roster = await load("roster.js");
const clock = await load("clock.js");
const store = await load("store.js");
const recent = await load("recent.js");
const marking = await load("marking.js");
const { judgeHere } = await load("judge-here.js");
await queue.loadQueue(7);
await sync.startSync(() => undefined);
const said = [];

/** From now on the page's clocks go on only when the story says so. */
function holdClock() {
  let passed = 0;
  mock.timers.enable({ apis: ["setTimeout"] });
  performance.now = () => passed;
  holdClock.goOn = async (milliseconds) => {
    passed += milliseconds;
    mock.timers.tick(milliseconds);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
}

const acts = {
  still: () => undefined,
  goOn: (milliseconds) => holdClock.goOn(milliseconds),
  busy: async ({ seconds }) => {
    const before = server.rosters;
    for (let second = 0; second < seconds; second += 1) {
      await acts.scan(`at ${second}`);
      void sync.nudge();
      await holdClock.goOn(1000);
    }
    return server.rosters - before;
  },
  set: (values) => Object.assign(server, values, values.poison ? { poison: new Set(values.poison) } : {}),
  refuse: (ids) => (server.refuse = new Set(ids)),
  later: (ids) => (server.later = new Set(ids)),
  unknown: (ids) => (server.unknown = new Set(ids)),
  roster: (given) => roster.takePage(given, Date.now()),
  scan: async (id) => {
    await queue.enqueue("scan", { id, offline: false, shown: "admitted" }, id);
  },
  type: async (id) => {
    await queue.enqueue("scan", { id, code: "ABCD2345", offline: false, shown: "admitted" }, id);
  },
  wish: async ({ id, scan }) => {
    await queue.enqueue("undo", { id, scan, reason: "x" });
  },
  counts: () => ({ ...queue.counts(), requests: server.requests }),
  sendAsked: async (id) => {
    const answer = queue.answerTo(id);
    return Promise.race([answer, sync.nudge().then(() => null)]);
  },
  exit: ({ who, at, scan }) => roster.noteExit(who, 1, at, scan),
  keepNow: (id) => acts.keep({ id, who: [], at: new Date(clock.correctedNow()).toISOString(), answeredAt: 1 }),
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
  forward: (milliseconds) => {
    const real = Date.now;
    Date.now = () => real() + milliseconds;
  },
  keep: ({ id, who, at, ...more }) =>
    recent.keepRecent({
      id, attendee: null, who, name: "A", checkpoint: 1, at, verdict: "admitted", direction: "in", answeredAt: 0, ...more,
    }),
  recents: () => recent.recentScans().length,
  keptRecents: async () => (await store.readAll("recent")).length,
  undo: (id) => marking.undoScan(id),
  settleUndo: ([id, done]) => marking.settleUndo(id, done),
  open: () => marking.markAgain(),
  prune: async (after) => {
    for (const scan of await recent.pruneRecent(Date.now() + after)) roster.dropUndone(scan);
  },
  takeLease: ([scan, count]) => roster.useLease(1, scan, count),
  settleLease: (scan) => roster.settleLease(scan),
  lease: () => roster.leaseLeft(1),
  slip: () => roster.takeSlip()?.id,
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
const { sent, undos, requests } = server;
console.log(JSON.stringify({ said, sent, undos, requests, asideOnes: aside, ...queue.counts() }));
process.exit(0);
