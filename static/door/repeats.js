// The same code in front of the camera is one scan: a repeat within three seconds does not count, and as long as
// the code stays in view the three seconds begin anew.

const WINDOW = 3000;

export class Repeats {
  /** @type {string | null} */
  #last = null;
  #seen = 0;

  /**
   * @param {string} key
   * @param {number} now milliseconds
   */
  isRepeat(key, now) {
    if (key !== this.#last || now - this.#seen > WINDOW) return false;
    this.#seen = now;
    return true;
  }

  /**
   * @param {string} key
   * @param {number} now milliseconds
   */
  note(key, now) {
    this.#last = key;
    this.#seen = now;
  }
}
