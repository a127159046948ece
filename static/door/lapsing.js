// The end of a pairing, while the scanner is open.

import { text } from "./page.js";
import { counts } from "./queue.js";
import { syncEnded } from "./sync.js";
import { showTrouble } from "./verdict-screen.js";
import { forgetPeople, handIn, wipeAll } from "./wiping.js";

let lapsed = false;

export function hasLapsed() {
  return lapsed;
}

/** @param {"revoked" | "unpaired"} reason */
export async function endPairing(reason) {
  lapsed = true;
  const again = () => location.reload();
  await syncEnded();
  if (reason === "unpaired") {
    await forgetPeople();
    const { waiting, aside } = counts();
    if (!(waiting + aside)) await wipeAll();
    showTrouble(text("lost"), waiting + aside ? text("lost_kept", { count: waiting + aside }) : text("lost_nothing"), again);
    return;
  }
  showTrouble(text("revoked"), text("revoked_wiping"), again);
  if (await handIn()) {
    await wipeAll();
    showTrouble(text("revoked"), text("revoked_wiped"), again);
  } else {
    await forgetPeople();
    showTrouble(text("revoked"), text("revoked_kept", { count: counts().waiting }), again);
  }
}
