// Keeps a page of figures fresh: every 20 seconds it is fetched again, and the parts marked `data-fresh` (by their id)
// that have changed are exchanged. It can be stopped; without it, or with JavaScript off, reloading the page does it.

const EVERY = 20_000;

const toggle = document.querySelector("[data-fresh-toggle]");
const state = document.getElementById("fresh-state");

let paused = false;
let ended = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * What the button carries in words.
 * @param {"pause" | "resume" | "failed" | "signedOut"} name
 */
function words(name) {
  return (toggle instanceof HTMLElement && toggle.dataset[name]) || "";
}

/** @param {string} text */
function tell(text) {
  if (state) state.textContent = text;
}

/**
 * Puts what is new into one part; not while somebody is in it with the keyboard, and without moving its tables.
 * @param {Element} part
 * @param {Document} page
 */
function exchange(part, page) {
  const fresh = page.getElementById(part.id);
  if (!fresh || fresh.innerHTML === part.innerHTML || part.contains(document.activeElement)) return;
  const places = [...part.querySelectorAll(".table-scroll")].map((table) => table.scrollLeft);
  part.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
  [...part.querySelectorAll(".table-scroll")].forEach((table, place) => {
    table.scrollLeft = places[place] ?? 0;
  });
}

async function refresh() {
  try {
    const answer = await fetch(location.href, { credentials: "same-origin", signal: AbortSignal.timeout(EVERY) });
    if (answer.redirected || answer.status === 403 || answer.status === 404) {
      ended = true;
      tell(words("signedOut"));
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (paused) return;
    for (const part of document.querySelectorAll("[data-fresh]")) exchange(part, page);
  } catch {
    tell(words("failed"));
  }
}

function plan() {
  clearTimeout(timer);
  if (paused || ended || document.hidden) return;
  timer = setTimeout(async () => {
    await refresh();
    plan();
  }, EVERY);
}

if (toggle instanceof HTMLElement) {
  toggle.hidden = false;
  toggle.addEventListener("click", async () => {
    paused = !paused;
    toggle.textContent = words(paused ? "resume" : "pause");
    if (!paused) await refresh();
    plan();
  });
  document.addEventListener("visibilitychange", async () => {
    if (!document.hidden && !paused && !ended) await refresh();
    plan();
  });
  plan();
}
