// The bar at the top, in words and shape: the connection, what waits, when the list was fetched, how full the house is
// and what may be missing in that.

import { corrected } from "./clock.js";
import { connection, isOnline, onChange } from "./connection.js";
import { clockAndDay } from "./judged-words.js";
import { isForgetful } from "./keeping.js";
import { stand } from "./notices.js";
import { element, setup, text } from "./page.js";
import { counts, onQueueChange } from "./queue.js";
import { hasRoster, onRoster, rosterFrame } from "./roster.js";

const LEVELS = [100, 95, 80];

const bar = element("bar");
const shape = bar.querySelector("use");

let said = "";

/** Draws the bar and keeps it right. */
export function prepareBar() {
  onChange(draw);
  onQueueChange(draw);
  onRoster(draw);
  draw();
}

function draw() {
  const online = isOnline();
  const { waiting, aside, foreign } = counts();
  const frame = rosterFrame();
  const forgetful = isForgetful();
  bar.dataset.state = online ? (aside || forgetful ? "warned" : "online") : "offline";
  shape?.setAttribute("href", `${setup.icons}#${online ? "wifi" : "wifi-off"}`);
  write("bar-connection", connectionWords(online));
  write("bar-waiting", waitingWords(waiting));
  write("bar-synced", frame ? text("bar_synced", { at: clockAndDay(corrected(frame.syncedAt)).at }) : "");
  write("bar-aside", aside + foreign ? text("bar_aside", { count: aside + foreign }) : "");
  write("bar-memory", forgetful ? text("bar_memory") : "");
  stand("keep_open", forgetful ? text("keep_open") : "");
  const house = frame?.headcount;
  const level = house?.capacity ? LEVELS.find((one) => house.percent >= one) : undefined;
  write("bar-headcount", house ? text("bar_inside", { inside: house.inside, capacity: house.capacity || "–" }) : "");
  write("bar-missing", house ? missingWords(house) : "");
  write("bar-full", house && level ? text(`bar_${level}`, { percent: house.percent }) : "");
  bar.dataset.level = String(level ?? "");
  say(online, waiting);
}

/** @param {boolean} online */
function connectionWords(online) {
  if (!online) return text(hasRoster() ? "bar_offline" : "bar_offline_bare");
  if (!hasRoster() && !connection().lastAnswer) return text("bar_starting");
  return text("bar_online");
}

/** @param {number} waiting */
export function waitingWords(waiting) {
  return countWords("bar_waiting", waiting);
}

/**
 * What the number of people inside may lack: what doors without a network have not sent, and doors that are not heard of.
 * @param {import("./frame.js").Headcount} house
 */
function missingWords(house) {
  const missing = countWords("bar_missing", house.waiting ?? 0);
  const late = countWords("bar_late", house.doors_late ?? 0);
  return [missing, late].filter(Boolean).join(" · ");
}

/**
 * @param {string} name
 * @param {number} count
 */
function countWords(name, count) {
  if (!count) return "";
  return count === 1 ? text(`${name}_one`) : text(name, { count });
}

/**
 * Aloud only when the network comes or goes: numbers change with each scan.
 * @param {boolean} online
 * @param {number} waiting
 */
function say(online, waiting) {
  const now = online ? "online" : "offline";
  if (said === now) return;
  const first = said === "";
  said = now;
  if (!first || !online) write("bar-status", `${text(online ? "bar_online" : "bar_offline")} ${waitingWords(waiting)}`);
}

/**
 * @param {string} id
 * @param {string} words
 */
function write(id, words) {
  const place = element(id);
  if (place.textContent !== words) place.textContent = words;
}
