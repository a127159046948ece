// Where the form asks for a proof of work, the browser finds the number: SHA-256 of the token and the number begins with
// so many zero bits. Without a secure address, or without this, one waits instead; the page says so.

const AT_ONCE = 256;

/**
 * @param {Uint8Array} digest
 * @param {number} bits
 */
function hasZeros(digest, bits) {
  for (let at = 0; at < bits; at += 8) {
    if (digest[at >> 3] >> Math.max(0, 8 - (bits - at))) return false;
  }
  return true;
}

/**
 * @param {string} token
 * @param {number} bits
 * @param {() => boolean} wanted
 * @returns {Promise<number | null>}
 */
async function find(token, bits, wanted) {
  const writer = new TextEncoder();
  for (let first = 0; wanted(); first += AT_ONCE) {
    const numbers = Array.from({ length: AT_ONCE }, (_, more) => first + more);
    const digests = await Promise.all(
      numbers.map((number) => crypto.subtle.digest("SHA-256", writer.encode(`${token}:${number}`))),
    );
    const hit = digests.findIndex((digest) => hasZeros(new Uint8Array(digest), bits));
    if (hit >= 0) return first + hit;
  }
  return null;
}

/** @param {HTMLElement} box */
async function prove(box) {
  if (box.dataset.begun || !globalThis.crypto?.subtle) return;
  box.dataset.begun = "yes";
  /** @param {string} part */
  const show = (part) => {
    for (const line of box.querySelectorAll("p[data-proof-wait], p[data-proof-works], p[data-proof-done]")) {
      line.toggleAttribute("hidden", !line.hasAttribute(`data-proof-${part}`));
    }
  };
  show("works");
  const number = await find(box.dataset.proof ?? "", Number(box.dataset.bits), () => box.isConnected);
  const field = box.parentElement?.querySelector("input[name=proof_answer]");
  if (number === null || !(field instanceof HTMLInputElement)) return;
  field.value = String(number);
  show("done");
}

function look() {
  for (const box of document.querySelectorAll("[data-proof]")) if (box instanceof HTMLElement) void prove(box);
}

look();
// The form's next step may be put into the page without loading it anew.
new MutationObserver(look).observe(document.body, { childList: true, subtree: true });

export {};
