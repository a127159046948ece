// The bar at the top, in words and shape: the connection, what waits, when the list was fetched, how full the house is.

import { connection, isOnline, onChange } from "./connection.js";
import { clockAndDay } from "./judged-words.js";
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
  bar.dataset.state = online ? (aside ? "warned" : "online") : "offline";
  shape?.setAttribute("href", `${setup.icons}#${online ? "wifi" : "wifi-off"}`);
  write("bar-connection", connectionWords(online));
  write("bar-waiting", waitingWords(waiting));
  write("bar-synced", frame ? text("bar_synced", { at: clockAndDay(frame.syncedAt).at }) : "");
  write("bar-aside", aside + foreign ? text("bar_aside", { count: aside + foreign }) : "");
  const house = frame?.headcount;
  const level = house?.capacity ? LEVELS.find((one) => house.percent >= one) : undefined;
  write("bar-headcount", house ? text("bar_inside", { inside: house.inside, capacity: house.capacity || "–" }) : "");
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
  if (!waiting) return "";
  return waiting === 1 ? text("bar_waiting_one") : text("bar_waiting", { count: waiting });
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
