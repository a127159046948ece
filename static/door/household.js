// A household pass: who is in already, one tap for all the rest, or people one by one.

import { LOOKS } from "./looks.js";
import { element, icon, make, text, typed, verdictWords } from "./page.js";

/** @typedef {import("./calls.js").Member} Member */

const dialog = typed("household", HTMLDialogElement);
const all = typed("household-all", HTMLButtonElement);

element("household-close").addEventListener("click", () => dialog.close());

export function isChoosing() {
  return dialog.open;
}

/**
 * Shows the people of the pass; `choose` is called with those to let in, or out.
 * @param {string} contact
 * @param {Member[]} members
 * @param {(attendees: number[]) => void} choose
 */
export function showHousehold(contact, members, choose) {
  const waiting = members.filter(mayPass);
  const out = members.some((member) => member.verdict === "exited");
  const pick = (/** @type {number[]} */ attendees) => {
    dialog.close();
    choose(attendees);
  };
  element("household-title").textContent = text("household", { name: contact });
  element("household-people").replaceChildren(...members.map((member) => personLine(member, pick)));
  all.hidden = waiting.length === 0;
  const rest = waiting.length < members.length;
  const words = out ? "let_out_all" : rest ? "let_in_rest" : "let_in_all";
  all.textContent = text(words, { count: waiting.length });
  all.onclick = () => pick(waiting.map((member) => member.attendee));
  if (!dialog.open) dialog.showModal();
  (all.hidden ? element("household-close") : all).focus();
}

/** @param {Member} member */
function mayPass({ verdict }) {
  return verdict === "admitted" || verdict === "exited";
}

/**
 * @param {Member} member
 * @param {(attendees: number[]) => void} pick
 */
function personLine(member, pick) {
  const line = make("li", `person person--${LOOKS[member.verdict].face}`);
  line.append(make("span", "person__name", member.name));
  if (mayPass(member)) {
    const word = text(member.verdict === "exited" ? "let_out" : "let_in");
    const button = /** @type {HTMLButtonElement} */ (make("button", "btn", word));
    button.type = "button";
    button.setAttribute("aria-label", `${word}: ${member.name}`);
    button.onclick = () => pick([member.attendee]);
    line.append(button);
    return line;
  }
  const state = make("span", "person__state");
  const words = member.first ? text("already_at", { ...member.first }) : verdictWords[member.verdict].word;
  state.append(icon(LOOKS[member.verdict].icon), words);
  line.append(state);
  return line;
}
