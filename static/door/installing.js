// The service worker: it lets the scanner start with no network. Only a paired phone gets one.

import { setup } from "./page.js";

/** Whether this browser can start the scanner without a network. */
export function canInstall() {
  return Boolean(globalThis.isSecureContext && navigator.serviceWorker);
}

export async function install() {
  if (!canInstall()) return;
  try {
    await navigator.serviceWorker.register(setup.serviceWorker);
  } catch {
    // Online it works without; the bar's details say that it will not start offline.
  }
}
