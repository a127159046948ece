// One page at a time is the scanner: two would send and mark one behind the other's back.

const LOCK = "festival-door";
const QUICK = 1200;

/**
 * Resolves when this page is the one. Until then, and again when another page takes its place, `hide(true)` is called.
 * @param {(hidden: boolean) => void} hide
 * @returns {Promise<void>}
 */
export function beTheOnlyOne(hide) {
  if (!navigator.locks) return Promise.resolve(); // not a secure address: nothing is kept there either
  return new Promise((resolve) => {
    // A page that is being reloaded holds it a moment longer.
    const notice = setTimeout(() => hide(true), QUICK);
    hold({}, notice, hide, resolve);
  });
}

/**
 * Takes the place of the other page.
 * @param {(hidden: boolean) => void} hide
 * @param {() => void} then
 */
export function takeOver(hide, then) {
  hold({ steal: true }, undefined, hide, then);
}

/**
 * @param {LockOptions} options
 * @param {ReturnType<typeof setTimeout> | undefined} notice
 * @param {(hidden: boolean) => void} hide
 * @param {() => void} then
 */
function hold(options, notice, hide, then) {
  const kept = navigator.locks.request(LOCK, options, () => {
    clearTimeout(notice);
    hide(false);
    then();
    return new Promise(() => undefined); // until the page is closed
  });
  kept.catch(() => hide(true)); // another page took it
}
