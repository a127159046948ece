// The page of a phone that is not paired: what an earlier pairing left on it is cleared away here, too. Scans that were
// not sent are handed in where the phone was revoked, and wait, sealed, where its pairing got lost.

import { element, setup, text } from "./page.js";
import { counts, loadQueue } from "./queue.js";
import { openStore } from "./store.js";
import { forgetPeople, handIn, wipeAll } from "./wiping.js";

const NAME = "festival-door";

async function hasStore() {
  const known = await globalThis.indexedDB?.databases?.().catch(() => undefined);
  return known === undefined ? Boolean(globalThis.indexedDB) : known.some((one) => one.name === NAME);
}

async function tidy() {
  if (!(await hasStore()) || !(await openStore())) return;
  await loadQueue(setup.festival);
  const count = () => counts().waiting + counts().aside + counts().foreign;
  if (setup.festival && (await handIn())) {
    await wipeAll();
    tell(text("revoked_wiped"));
    return;
  }
  await forgetPeople();
  if (count()) tell(text(setup.festival ? "revoked_kept" : "lost_kept", { count: count() }));
  else await wipeAll();
}

/** @param {string} words */
function tell(words) {
  const place = element("left-over");
  element("left-over-words").textContent = words;
  place.hidden = false;
}

void tidy();
