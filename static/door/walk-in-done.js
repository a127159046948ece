// What a walk-in gets: name and code on the screen, to be photographed or printed.

import { element, typed } from "./page.js";
import { drawQr } from "./qr-drawing.js";

const dialog = typed("walk-in", HTMLDialogElement);
const done = element("walk-in-done");
const paper = typed("walk-in-paper", HTMLAnchorElement);

/** The walk-in that is on the screen. */
let shown = "";

/** @param {{next: () => void, back: () => void}} ways out of it */
export function startDone({ next, back }) {
  element("walk-in-next").addEventListener("click", next);
  element("walk-in-back").addEventListener("click", back);
  element("walk-in-print").addEventListener("click", () => window.print());
}

/**
 * Shows the person's code; `only`: if this person is still on the screen.
 * @param {{id: string, name: string, ticket?: string, shortCode: string, only?: boolean}} walkIn without a `ticket`
 *   they have it on paper already
 */
export function showDone({ id, name, ticket, shortCode, only }) {
  if (only && (done.hidden || shown !== id)) return;
  shown = id;
  element("walk-in-done-name").textContent = name;
  const label = (dialog.dataset.codeLabel ?? "").replace("{name}", name);
  element("walk-in-code").replaceChildren(...(ticket ? [drawQr(ticket, label)] : []));
  element("walk-in-short-code").textContent = `${shortCode.slice(0, 4)} ${shortCode.slice(4)}`;
  paper.href = (dialog.dataset.slip ?? "").replace(/[0-]{36}/, id);
  done.hidden = false;
  element("walk-in-next").focus();
}

/**
 * Says how far it is, if this person is still on the screen.
 * @param {string} id
 * @param {string} words
 * @param {boolean} known the server has it, so it can be printed from there
 */
export function showSaid(id, words, known) {
  if (shown !== id || done.hidden) return;
  element("walk-in-said").textContent = words;
  paper.hidden = !known;
}
