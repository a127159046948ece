// What a ticket's QR says, the twin of festival/registration/ticket_code.py (`decode`). Whether it is true is
// for the signature to tell, over `signed`, with the festival's public key.

const VERSION = 1;
const KEY_ID = 1;
const HEAD = 13;
const LENGTH = HEAD + 64;
const CODE_LENGTH = 124;
/** @type {("ticket" | "household" | "slip")[]} */
const KINDS = ["ticket", "household", "slip"];
const DAY = 86_400_000;
const EPOCH = Date.UTC(2020, 0, 1);
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * @typedef {object} TicketCode
 * @property {"ticket" | "household" | "slip"} kind a slip was made before its owner came: `ticketId` is its own number
 * @property {number} festivalId
 * @property {number} ticketId
 * @property {string} firstDay a local day, "2027-10-10"
 * @property {number} days
 * @property {Uint8Array} signed the 13 bytes that are signed
 * @property {Uint8Array} signature Ed25519, 64 bytes
 */

/**
 * Reads a scanned text, or the part after `/Q/`. Null when it is no ticket of ours.
 * @param {string} text
 * @returns {TicketCode | null}
 */
export function decodeTicketCode(text) {
  const whole = text.trim().slice(0, 400).toUpperCase();
  const code = whole.slice(whole.lastIndexOf("/Q/") + (whole.includes("/Q/") ? 3 : 1));
  const raw = code.length === CODE_LENGTH ? fromBase32(code) : null;
  if (!raw || raw[0] >> 4 !== VERSION || (raw[0] & 15) >= KINDS.length || raw[1] !== KEY_ID) return null;
  return {
    kind: KINDS[raw[0] & 15],
    festivalId: bigEndian(raw, 2, 5),
    ticketId: bigEndian(raw, 5, 10),
    firstDay: new Date(EPOCH + bigEndian(raw, 10, 12) * DAY).toISOString().slice(0, 10),
    days: raw[12],
    signed: raw.slice(0, HEAD),
    signature: raw.slice(HEAD, LENGTH),
  };
}

/**
 * @param {string} text capitals and 2 to 7, without padding
 * @returns {Uint8Array | null}
 */
function fromBase32(text) {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let bits = 0;
  let value = 0;
  let at = 0;
  for (const character of text) {
    const five = ALPHABET.indexOf(character);
    if (five < 0) return null;
    value = ((value << 5) | five) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = (value >> bits) & 0xff;
      at += 1;
    }
  }
  return bytes;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} from
 * @param {number} to
 */
function bigEndian(bytes, from, to) {
  // Not by shifting: five bytes are more than 32 bits.
  return bytes.subarray(from, to).reduce((sum, byte) => sum * 256 + byte, 0);
}
