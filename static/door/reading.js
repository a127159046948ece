// What a text is that came from the camera, a picture, a hand-held scanner or the keyboard.

import { readCitizenCard } from "./citizen-card.js";
import { decodeTicketCode } from "./ticket-code.js";

const SHORT_CODE = /^[2-9A-HJ-NP-TV-Z]{8}$/;

/**
 * @typedef {{kind: "ticket", key: string, ticket: string} | {kind: "code", key: string, code: string} |
 *   {kind: "attendee", key: string, attendee: number} | {kind: "card", key: string} |
 *   {kind: "other", key: string}} Reading
 */

/**
 * Anything that is not ours (a bank's QR) is "other", a citizen card is a "card": neither ever leaves the phone.
 * @param {string} text
 * @returns {Reading}
 */
export function read(text) {
  const tidy = text.trim();
  if (decodeTicketCode(tidy)) {
    const ticket = tidy.toUpperCase().split("/").pop() ?? "";
    return { kind: "ticket", key: ticket, ticket };
  }
  const card = readCitizenCard(tidy);
  if (card) return { kind: "card", key: `card ${card.birthYear} ${card.name}` };
  const code = tidy.toUpperCase().replace(/[\s-]/g, "");
  return SHORT_CODE.test(code) ? { kind: "code", key: code, code } : { kind: "other", key: tidy };
}
