// What the bar opens: everything about this phone, who has it in hand, sending by hand, and giving its place back.

import { isLongOver } from "./afterwards.js";
import { waitingWords } from "./bar.js";
import { sendUnpair } from "./calls.js";
import { corrected, hasMeasured, jumpsBack, offset } from "./clock.js";
import { isOnline } from "./connection.js";
import { canInstall } from "./installing.js";
import { clockAndDay } from "./judged-words.js";
import { isForgetful } from "./keeping.js";
import { element, make, text, typed } from "./page.js";
import { counts, onQueueChange, putAsideOnes, retryAside } from "./queue.js";
import { onRoster, rosterFrame, size } from "./roster.js";
import { changeDuty, dutyToSend, hasEnded, stopSync, syncEnded, tryNow } from "./sync.js";
import { wipeAll } from "./wiping.js";

const dialog = typed("details", HTMLDialogElement);
const name = typed("duty-name", HTMLInputElement);
const said = element("details-said");
const WRONG = 2_000;

/** Whether the browser has promised not to clear what is kept. */
let safe = false;
let asked = false;

/** @param {Promise<boolean>} promised */
export function prepareDetails(promised) {
  void promised.then((answer) => {
    safe = answer;
    draw();
  });
  element("bar").addEventListener("click", () => {
    said.textContent = "";
    draw();
    dialog.showModal();
    element("details-title").scrollIntoView();
  });
  element("details-close").addEventListener("click", () => dialog.close());
  element("duty-form").addEventListener("submit", saveDuty);
  element("send-now").addEventListener("click", sendNow);
  element("unpair").addEventListener("click", () => void unpair());
  onQueueChange(draw);
  onRoster(draw);
  void showDuty();
}

export function isInDetails() {
  return dialog.open;
}

async function showDuty() {
  const changed = await dutyToSend();
  if (changed === undefined) return;
  name.value = changed;
  element("on-duty").textContent = changed;
}

function draw() {
  const { waiting, foreign } = counts();
  const frame = rosterFrame();
  if (frame) element("details-door").textContent = frame.device.name;
  element("details-connection").textContent = element("bar-connection").textContent;
  const others = foreign ? ` ${text("foreign", { count: foreign })}` : "";
  element("details-waiting").textContent = (waitingWords(waiting) || text("nothing_waits")) + others;
  element("details-people").textContent = peopleWords();
  element("details-inside").textContent = insideWords();
  element("details-inside-row").hidden = !frame?.headcount;
  element("details-clock").textContent = clockWords();
  element("details-store").textContent = storeWords();
  const aside = putAsideOnes();
  element("details-aside-row").hidden = aside.length === 0;
  element("details-aside").replaceChildren(
    ...aside.map((entry) => {
      const what = entry.label || text(entry.kind === "walk_in" ? "a_walk_in" : "a_scan");
      return make("li", "", text("aside_line", { at: clockAndDay(corrected(entry.at)).at, what, reason: entry.aside }));
    }),
  );
  if (waiting && asked && dialog.open) said.textContent = text("sending");
  else if (asked && !waiting) {
    asked = false;
    said.textContent = text("sent_all");
  }
}

function peopleWords() {
  const frame = rosterFrame();
  if (!frame) return text(hasEnded() ? "people_gone" : "people_none");
  if (isLongOver(frame.festival)) return text("people_gone");
  const at = clockAndDay(corrected(frame.syncedAt)).at;
  return `${text("people_here", { count: size() })} · ${text("bar_synced", { at })}`;
}

/** How many are inside, how old that is and what it may lack. */
function insideWords() {
  const frame = rosterFrame();
  const house = frame?.headcount;
  if (!frame || !house) return "";
  const { waiting = 0, doors_late: late = 0 } = house;
  const at = clockAndDay(corrected(frame.syncedAt)).at;
  return [
    text("inside_at", { inside: house.inside, capacity: house.capacity || "–", at }),
    waiting ? text("inside_missing", { count: waiting }) : "",
    late ? text("inside_late", { count: late }) : "",
    waiting || late ? "" : text("inside_exact"),
  ]
    .filter(Boolean)
    .join(" ");
}

function clockWords() {
  if (!hasMeasured()) return text("clock_unknown");
  const off = offset();
  const jumped = jumpsBack() ? ` ${text("clock_jumped")}` : "";
  if (Math.abs(off) < WRONG) return text("clock_right") + jumped;
  return text(off > 0 ? "clock_late" : "clock_early", { how: howLong(Math.abs(off) / 1000) }) + jumped;
}

/** @param {number} seconds */
function howLong(seconds) {
  if (seconds >= 5400) return text("hours", { count: Math.round(seconds / 3600) });
  return seconds >= 90 ? text("minutes", { count: Math.round(seconds / 60) }) : text("seconds", { count: Math.round(seconds) });
}

function storeWords() {
  const kept = !isForgetful() ? (safe ? "store_safe" : "store_may_go") : "store_memory";
  return `${text(kept)} ${text(canInstall() ? "starts_offline" : "starts_online_only")}`;
}

/** @param {Event} event */
async function saveDuty(event) {
  event.preventDefault();
  const typedName = name.value.trim();
  if (!typedName) return;
  element("on-duty").textContent = typedName;
  await changeDuty(typedName);
  said.textContent = text((await dutyToSend()) === undefined ? "duty_saved" : "duty_later");
}

function sendNow() {
  retryAside();
  asked = counts().waiting > 0;
  said.textContent = text(asked ? (isOnline() ? "sending" : "sent_not") : "sent_all");
  tryNow();
}

async function unpair() {
  const { waiting, aside, foreign } = counts();
  if (waiting + aside + foreign) {
    said.textContent = text("send_first", { count: waiting + aside + foreign });
    element("send-now").focus();
    return;
  }
  const result = await sendUnpair();
  if ("failure" in result && result.failure !== "unpaired" && result.failure !== "revoked") {
    said.textContent = text("unpair_offline");
    return;
  }
  stopSync();
  await syncEnded();
  await wipeAll();
  location.reload();
}
