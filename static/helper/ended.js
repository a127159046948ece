// The page of a link that was ended: what this device still holds is handed in, then nothing is left here.

import { text, typed } from "../door/page.js";
import { forget, openQueue, waiting, wipeAll } from "./queue.js";
import { drain, listen } from "./sending.js";

const words = typed("handed-in", HTMLElement);

let wiped = false;

listen(() => undefined, (api, wipe) => {
  wiped ||= wipe;
  if (wipe) void forget(waiting().filter((entry) => entry.api === api));
});

await openQueue();
const before = waiting().length;
if (before) {
  await drain();
  const left = waiting().length;
  words.textContent = left ? text("ended_waiting", { count: left }) : text(wiped ? "ended_wiped" : "ended_sent");
}
if (!waiting().length) await wipeAll();
