// What was typed into the registration form, kept on this phone until it is sent: in the browser's localStorage, in plain
// text, for a week at most. Whether it is this tab's own is kept in sessionStorage: somebody else is asked first.

const PREFIX = "draft:";
const WEEK = 7 * 24 * 3600 * 1000;
const MINE = "draft-mine";
const SHARED = "draft-shared";

/**
 * `go`: the button that was pressed and not answered yet; "": none.
 * @typedef {{ saved: number, step: string, go: string, fields: [string, string][] }} Draft
 */

/** Take out drafts that are older than a week, of all festivals: every public page does. */
function forgetOldDrafts() {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX) && !readAt(key)) localStorage.removeItem(key);
    }
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

/**
 * @param {string} key
 * @returns {Draft | null}
 */
function readAt(key) {
  const draft = JSON.parse(localStorage.getItem(key) ?? "null");
  return draft && Array.isArray(draft.fields) && Date.now() - draft.saved < WEEK ? draft : null;
}

/** The draft of one festival's form. A browser that keeps nothing (a private window) is no error: nothing is kept. */
export class DraftStore {
  /** @param {string} address the form's, one a festival */
  constructor(address) {
    this.key = PREFIX + address;
  }

  /** @returns {Draft | null} */
  read() {
    try {
      return readAt(this.key);
    } catch {
      return null;
    }
  }

  /** @param {Draft} draft */
  write(draft) {
    if (this.shared) return;
    try {
      localStorage.setItem(this.key, JSON.stringify(draft));
      sessionStorage.setItem(MINE, this.key);
    } catch {
      // Full, or not allowed: the page itself still holds everything.
    }
  }

  erase() {
    try {
      localStorage.removeItem(this.key);
      sessionStorage.removeItem(MINE);
    } catch {
      // Nothing was kept.
    }
  }

  /** Whether the draft was written in this very tab. */
  get mine() {
    try {
      return sessionStorage.getItem(MINE) === this.key;
    } catch {
      return false;
    }
  }

  /** Whether somebody said that others use this device too: then nothing is kept. */
  get shared() {
    try {
      return sessionStorage.getItem(SHARED) !== null;
    } catch {
      return false;
    }
  }

  set shared(yes) {
    try {
      if (yes) sessionStorage.setItem(SHARED, "yes");
      else sessionStorage.removeItem(SHARED);
    } catch {
      // Then nothing is kept anyway.
    }
    if (yes) this.erase();
  }
}

forgetOldDrafts();
