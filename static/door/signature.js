// Whether a ticket was issued by the festival: Ed25519 by the browser where it can, by @noble/ed25519 where it cannot.

import { verifyAsync } from "../vendor/noble-ed25519/index.js";

/** @typedef {(signature: Uint8Array<ArrayBuffer>, signed: Uint8Array<ArrayBuffer>) => Promise<boolean>} Check */

/** @type {{text: string, check: Promise<Check>} | null} */
let known = null;

/**
 * @param {import("./ticket-code.js").TicketCode} code
 * @param {string} publicKey base64url of 32 bytes
 * @returns {Promise<boolean>}
 */
export async function isSigned(code, publicKey) {
  if (known?.text !== publicKey) known = { text: publicKey, check: prepare(bytesOf(publicKey)) };
  const check = await known.check;
  return check(new Uint8Array(code.signature), new Uint8Array(code.signed));
}

/**
 * Gets the key ready, so that the first ticket does not wait for it.
 * @param {string} publicKey
 */
export async function warmUp(publicKey) {
  if (!globalThis.crypto?.subtle) return;
  known = { text: publicKey, check: prepare(bytesOf(publicKey)) };
  await (await known.check)(new Uint8Array(64), new Uint8Array(13)).catch(() => false);
}

/**
 * @param {Uint8Array<ArrayBuffer>} raw
 * @returns {Promise<Check>}
 */
async function prepare(raw) {
  try {
    const key = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
    // Some browsers take the key and then cannot use it.
    await crypto.subtle.verify({ name: "Ed25519" }, key, new Uint8Array(64), new Uint8Array(1));
    return (signature, signed) => crypto.subtle.verify({ name: "Ed25519" }, key, signature, signed);
  } catch {
    return async (signature, signed) => {
      try {
        return await verifyAsync(signature, signed, raw, { zip215: false });
      } catch {
        return false;
      }
    };
  }
}

/**
 * @param {string} text base64url
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bytesOf(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}
