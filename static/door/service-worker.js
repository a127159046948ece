// Lets the scanner start with no network. The server puts `self.DOOR` in front of this: a version, which changes with
// any file, and the addresses of all files. Calls and the pages of an unpaired phone are never kept.

/** @type {any} */
const worker = self;
/** @type {{version: string, start: string, files: string[]}} */
const door = worker.DOOR;

const CACHE = `festival-door-${door.version}`;
const PATIENCE = 2500;
const statics = new Set(door.files.map((file) => new URL(file, worker.location.href).pathname));
const start = new URL(door.start, worker.location.href).pathname;
// The version of the page that is being loaded: another one than ours gets its files from the server.
let shown = door.version;

worker.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(fill().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(dropOthers().then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== worker.location.origin) return;
  if (request.mode === "navigate") {
    if (address.pathname === start) event.respondWith(page(event));
    else shown = ""; // pairing: a page that is never kept brings files of its own version
  } else if (statics.has(address.pathname)) event.respondWith(file(request));
});

async function fill() {
  const cache = await caches.open(CACHE);
  // Without the browser's own cache: a file of the version before must not slip in.
  await cache.addAll(door.files.map((address) => new Request(address, { cache: "reload" })));
  const response = await fetch(door.start, { credentials: "same-origin", cache: "no-store" });
  await keepPage(response);
}

async function dropOthers() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("festival-door-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/**
 * The server's page if it comes soon, else the one that is kept.
 * @param {any} event
 * @returns {Promise<Response>}
 */
async function page(event) {
  const fresh = fetch(event.request).then(async (response) => {
    if (response.status >= 500) throw new Error("the server has trouble of its own");
    shown = response.headers.get("X-Door-Version") ?? shown;
    await keepPage(response.clone());
    return response;
  });
  event.waitUntil(fresh.catch(() => undefined));
  const kept = await (await caches.open(CACHE)).match(start);
  if (!kept) return fresh;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, null));
  try {
    const first = await Promise.race([fresh, late]);
    if (first) return first;
  } catch {
    // No network: the kept one.
  }
  shown = door.version;
  return kept;
}

/**
 * Only the pages of a paired phone carry a version.
 * @param {Response} response
 */
async function keepPage(response) {
  if (!response.ok || response.redirected || response.headers.get("X-Door-Version") !== door.version) return;
  await (await caches.open(CACHE)).put(start, response);
}

/**
 * @param {Request} request
 * @returns {Promise<Response>}
 */
async function file(request) {
  const kept = () => caches.match(request, { cacheName: CACHE, ignoreSearch: true });
  if (shown === door.version) return (await kept()) ?? fetch(request);
  try {
    return await fetch(request);
  } catch (problem) {
    const old = await kept();
    if (old) return old;
    throw problem;
  }
}
