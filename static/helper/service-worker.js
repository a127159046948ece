// Lets a helper's page start with no network. The server puts `self.HELPER` in front of this: a version, which changes
// with any file, and the addresses of all files. Of pages only the form is kept, as it is when it names nobody.

/** @type {any} */
const worker = self;
/** @type {{version: string, start: string, files: string[]}} */
const helper = worker.HELPER;

const CACHE = `festival-helper-${helper.version}`;
const PATIENCE = 4000;
const FORM = /^\/helper\/[a-z0-9]{20,60}(?=\/|$)/;
// The version of the page that is being loaded: another one than ours gets its files from the server.
let shown = helper.version;
const statics = new Set(helper.files.map((file) => new URL(file, worker.location.href).pathname));

worker.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(fill().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(takeOver());
});

worker.addEventListener("message", (/** @type {any} */ event) => {
  const path = event.data?.keep;
  if (typeof path === "string" && FORM.test(path)) event.waitUntil(fetchAndKeep(path).catch(() => undefined));
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== worker.location.origin) return;
  if (request.mode === "navigate" && FORM.test(address.pathname)) event.respondWith(page(event, address));
  else if (statics.has(address.pathname)) event.respondWith(file(request));
});

async function fill() {
  const cache = await caches.open(CACHE);
  // Without the browser's own cache: a file of the version before must not slip in.
  await cache.addAll(helper.files.map((address) => new Request(address, { cache: "reload" })));
}

/** The forms that were kept before are fetched anew; those that cannot be had now are kept as they are. */
async function takeOver() {
  const cache = await caches.open(CACHE);
  const old = (await caches.keys()).filter((name) => name.startsWith("festival-helper-") && name !== CACHE);
  for (const name of old) {
    const before = await caches.open(name);
    for (const request of await before.keys()) {
      const { pathname } = new URL(request.url);
      if (!FORM.test(pathname)) continue;
      const kept = await before.match(request);
      if (!(await fetchAndKeep(pathname).catch(() => false)) && kept) await cache.put(pathname, kept);
    }
    await caches.delete(name);
  }
  await worker.clients.claim();
}

/** @param {string} path */
async function fetchAndKeep(path) {
  const response = await fetch(path, { credentials: "same-origin", cache: "no-store" });
  return keepPage(path, response);
}

/**
 * Only a form that names nobody carries a version. One whose link was ended is kept no longer.
 * @param {string} path
 * @param {Response} response
 */
async function keepPage(path, response) {
  const cache = await caches.open(CACHE);
  if (response.status === 410 || response.status === 404) await cache.delete(path);
  if (!response.ok || response.redirected || response.headers.get("X-Helper-Version") !== helper.version) return false;
  await cache.put(path, response);
  return true;
}

/**
 * The server's page if it comes soon, else the form that is kept.
 * @param {any} event
 * @param {URL} address
 * @returns {Promise<Response>}
 */
async function page(event, address) {
  const form = FORM.exec(address.pathname)?.[0] ?? "";
  const fresh = fetch(event.request).then(async (response) => {
    if (response.status >= 500) throw new Error("the server has trouble of its own");
    shown = response.headers.get("X-Helper-Version") ?? "";
    if (address.pathname === form) await keepPage(form, response.clone());
    return response;
  });
  event.waitUntil(fresh.catch(() => undefined));
  const kept = await (await caches.open(CACHE)).match(form);
  if (!kept) return fresh;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, null));
  try {
    const first = await Promise.race([fresh, late]);
    if (first) return first;
  } catch {
    // No network: the kept one.
  }
  shown = helper.version;
  return kept;
}

/**
 * @param {Request} request
 * @returns {Promise<Response>}
 */
async function file(request) {
  const kept = () => caches.match(request, { cacheName: CACHE, ignoreSearch: true });
  if (shown === helper.version) return (await kept()) ?? fetch(request);
  try {
    return await fetch(request);
  } catch (problem) {
    const old = await kept();
    if (old) return old;
    throw problem;
  }
}
