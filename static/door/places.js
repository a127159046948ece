// Where this phone scans: one of its checkpoints, chosen and remembered. The organizer may give it others meanwhile.

import { element, setup } from "./page.js";
import { onRoster, rosterFrame } from "./roster.js";

const PLACE = "festival.door.checkpoint";

/** The chosen checkpoint's number, 0 when the phone has none. */
export function chosenCheckpoint() {
  const select = document.getElementById("checkpoint");
  return select instanceof HTMLSelectElement ? Number(select.value) : 0;
}

/** @param {() => void} changed called when another one is chosen, and when the server tells something new about it */
export function preparePlaces(changed) {
  const select = document.getElementById("checkpoint");
  if (!(select instanceof HTMLSelectElement)) return;
  const kept = localStorage.getItem(PLACE) ?? "";
  if ([...select.options].some((option) => option.value === kept)) select.value = kept;
  select.addEventListener("change", () => {
    localStorage.setItem(PLACE, select.value);
    select.blur(); // or a hand-held scanner's letters would choose another place
    changed();
  });
  onRoster(() => {
    offer(select);
    changed();
  });
}

/** @param {HTMLSelectElement} select */
function offer(select) {
  const frame = rosterFrame();
  if (!frame || frame.festival.id !== setup.festival) return;
  const options = [...select.options];
  const same = frame.checkpoints.map((one) => `${one.id} ${one.name}`).join("\n");
  if (options.map((option) => `${option.value} ${option.text}`).join("\n") === same) return;
  const chosen = select.value;
  select.replaceChildren(...frame.checkpoints.map((one) => new Option(one.name, String(one.id))));
  if (frame.checkpoints.some((one) => String(one.id) === chosen)) select.value = chosen;
  const single = frame.checkpoints.length < 2;
  element("checkpoint-choice").hidden = single;
  element("checkpoint-name").hidden = !single;
  if (frame.checkpoints.length === 1) element("checkpoint-name").textContent = frame.checkpoints[0].name;
}
