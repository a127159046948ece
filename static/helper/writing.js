// The helper's page: a household is kept on the device first, then sent; the next one can be written at once, with or
// without a network. Without this module the form is sent as any other.

import { setup, text, typed } from "../door/page.js";
import { keepPeople } from "../public/people.js";
import { checkLocally } from "./checking.js";
import { forget, keep, onQueueChange, openQueue, putAside, waiting, wipeAll } from "./queue.js";
import { drawAside, drawKept, drawProblems, drawResult } from "./result.js";
import { drain, isConnected, listen, sendNow } from "./sending.js";

const EVERY = 20_000;

const form = typed("write", HTMLFormElement);
const bar = typed("connection", HTMLElement);
const barWords = typed("connection-words", HTMLElement);
const sendButton = typed("send-now", HTMLButtonElement);
const done = typed("done", HTMLElement);
const aside = typed("aside", HTMLElement);
const problems = typed("problems", HTMLElement);

let lasting = false;
let busy = false;

keepPeople(form);
onQueueChange(draw);
listen((_entry, answer) => {
  if (answer.people) done.replaceChildren(drawResult(answer));
}, ended);
form.addEventListener("submit", (event) => {
  const pressed = event.submitter instanceof HTMLButtonElement ? event.submitter.value : "save";
  if (pressed !== "save") return;
  event.preventDefault();
  void save();
});
sendButton.addEventListener("click", () => void tryNow());
window.addEventListener("online", () => void tryNow());
window.addEventListener("offline", draw);
setInterval(() => {
  if (waiting().length) void tryNow();
}, EVERY);

lasting = await openQueue();
draw();
if (waiting().length) void tryNow();
void install();

/** @returns {import("./queue.js").Fields} what is typed, without what only a browser's own sending needs */
function fields() {
  /** @type {import("./queue.js").Fields} */
  const found = {};
  for (const [name, value] of new FormData(form)) {
    if (name === "csrf_token" || name === "submission" || typeof value !== "string") continue;
    if (name.startsWith("session-")) found[name] = [.../** @type {string[]} */ (found[name] ?? []), value];
    else found[name] = value;
  }
  return found;
}

async function save() {
  if (busy) return;
  const written = fields();
  const wrong = checkLocally(written);
  if (wrong.length) return complain(wrong);
  busy = true;
  form.setAttribute("aria-busy", "true");
  try {
    const name = String(written.contact_name);
    const entry = {
      id: crypto.randomUUID(),
      api: new URL(setup.api, location.href).pathname,
      at: Date.now(),
      goneHome: !navigator.onLine,
      fields: written,
      label: name,
      tries: 0,
    };
    await keep(entry);
    const answer = navigator.onLine ? await sendNow(entry) : null;
    if (answer && !["done", "repeated", "kept"].includes(answer.outcome)) return complain(reasons(answer));
    done.replaceChildren(answer?.people ? drawResult(answer) : drawKept(name, lasting));
    startAnew();
  } finally {
    busy = false;
    form.removeAttribute("aria-busy");
    draw();
  }
}

/**
 * @param {import("./sending.js").Answer} answer
 * @returns {[string, string][]}
 */
function reasons(answer) {
  const named = Object.entries(answer.errors ?? {});
  return named.length ? named : (answer.words ?? []).map((words) => ["", words]);
}

/** @param {[string, string][]} wrong */
function complain(wrong) {
  const box = drawProblems(wrong);
  problems.replaceChildren(box);
  for (const details of form.querySelectorAll("details")) {
    if (wrong.some(([field]) => field && details.querySelector(`[name="${CSS.escape(field)}"]`))) details.open = true;
  }
  box.focus();
}

/** An empty form for the next household; who writes, and the ward, stay. */
function startAnew() {
  const stays = ["recorded_by", "ward"].map((name) => form.elements.namedItem(name));
  const values = stays.map((field) => (field && "value" in field ? String(field.value) : ""));
  form.reset();
  problems.replaceChildren();
  document.getElementById("people")?.replaceChildren();
  for (const details of form.querySelectorAll("details")) details.open = false;
  for (const box of form.querySelectorAll("input[type=checkbox]")) {
    if (box instanceof HTMLInputElement) box.checked = box.name === "coming";
  }
  for (const name of ["contact_name", "birth_year", "phone", "guardian_name"]) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement) field.value = "";
  }
  for (const [place, field] of stays.entries()) if (field && "value" in field) field.value = values[place];
  done.scrollIntoView({ block: "start" });
  document.getElementById("contact_name")?.focus({ preventScroll: true });
}

async function tryNow() {
  sendButton.disabled = true;
  await drain();
  sendButton.disabled = false;
  draw();
}

function draw() {
  const count = waiting().length;
  const connected = isConnected();
  bar.hidden = connected && !count;
  bar.classList.toggle("helper-bar--off", !connected);
  const words = [connected ? "" : text("offline"), count ? text("waiting_count", { count }) : ""];
  barWords.textContent = words.filter(Boolean).join(" ");
  sendButton.hidden = !count;
  const refused = putAside();
  aside.hidden = !refused.length;
  if (!refused.length) return aside.replaceChildren();
  const head = document.createElement("p");
  head.textContent = text("aside");
  aside.replaceChildren(head, ...refused.map((entry) => drawAside(entry, () => void forget([entry]))));
}

/**
 * The link was ended: nothing more is written here. After a day what is left goes too.
 * @param {string} api
 * @param {boolean} wipe
 */
async function ended(api, wipe) {
  if (wipe) await forget(waiting().filter((entry) => entry.api === api));
  if (api !== new URL(setup.api, location.href).pathname) return;
  form.hidden = true;
  bar.hidden = false;
  barWords.textContent = wipe ? text("ended_wiped") : text("ended_sent");
  if (!waiting().length) await wipeAll();
}

/** Lets this page be opened without a network. */
async function install() {
  if (!navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register(setup.serviceWorker, { scope: "/helper/" });
    const ready = await navigator.serviceWorker.ready;
    ready.active?.postMessage({ keep: location.pathname });
  } catch {
    // Without it the page works as long as it stays open.
  }
}
