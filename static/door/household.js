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
 * Shows the people of the pass; `choose` is called with those to let in.
 * @param {string} contact
 * @param {Member[]} members
 * @param {(attendees: number[]) => void} choose
 */
export function showHousehold(contact, members, choose) {
  const waiting = members.filter((member) => member.verdict === "admitted");
  const pick = (/** @type {number[]} */ attendees) => {
    dialog.close();
    choose(attendees);
  };
  element("household-title").textContent = text("household", { name: contact });
  element("household-people").replaceChildren(...members.map((member) => personLine(member, pick)));
  all.hidden = waiting.length === 0;
  const rest = waiting.length < members.length;
  all.textContent = text(rest ? "let_in_rest" : "let_in_all", { count: waiting.length });
  all.onclick = () => pick(waiting.map((member) => member.attendee));
  if (!dialog.open) dialog.showModal();
  (all.hidden ? element("household-close") : all).focus();
}

/**
 * @param {Member} member
 * @param {(attendees: number[]) => void} pick
 */
function personLine(member, pick) {
  const line = make("li", `person person--${LOOKS[member.verdict].face}`);
  line.append(make("span", "person__name", member.name));
  if (member.verdict === "admitted") {
    const button = /** @type {HTMLButtonElement} */ (make("button", "btn", text("let_in")));
    button.type = "button";
    button.setAttribute("aria-label", `${text("let_in")}: ${member.name}`);
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
