// The codes of a booth's screen: the twin of festival/checkin/stamping.py. Both are run over
// tests/vectors/stamp_codes.json.

export const WINDOW = 30_000;

const MARK = 12;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
// Asia/Ho_Chi_Minh has had no summer time since 1975.
const LOCAL_OFFSET = 7 * 3_600_000;

/**
 * The number of the 30 seconds that a moment lies in.
 * @param {number} now milliseconds since 1970
 */
export function windowOf(now) {
  return Math.floor(now / WINDOW);
}

/**
 * The local day of a moment, "2027-10-10".
 * @param {number} now milliseconds since 1970
 */
export function dayOf(now) {
  return new Date(now + LOCAL_OFFSET).toISOString().slice(0, 10);
}

/**
 * A checkpoint's key as the roster tells it, for WebCrypto; no script can read it out again.
 * @param {string} told base64url
 * @returns {Promise<CryptoKey>}
 */
export function importKey(told) {
  const plain = atob(told.replaceAll("-", "+").replaceAll("_", "/"));
  const raw = Uint8Array.from(plain, (character) => character.charCodeAt(0));
  return crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

/**
 * 32 capitals and digits: what the booth's screen shows in that window.
 * @param {CryptoKey} key
 * @param {number} checkpoint
 * @param {number} window
 */
export async function screenCode(key, checkpoint, window) {
  const head = new DataView(new ArrayBuffer(8));
  head.setUint32(0, checkpoint);
  head.setUint32(4, window);
  const bytes = new Uint8Array(head.buffer);
  const message = new Uint8Array([...new TextEncoder().encode("stamp"), ...bytes]);
  const mark = new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
  return toBase32(new Uint8Array([...bytes, ...mark.slice(0, MARK)]));
}

/**
 * Without padding; for whole groups of five bytes.
 * @param {Uint8Array} bytes
 */
function toBase32(bytes) {
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(value >> bits) & 31];
    }
  }
  return text;
}
