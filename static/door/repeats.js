// The same code in front of the camera is one scan: a repeat within three seconds does not count, and as long as
// the code stays in view the three seconds begin anew. Each code for itself: a sheet of slips shows several side by side.

const WINDOW = 3000;

export class Repeats {
  /** When each code was seen last; what is out of view for three seconds is forgotten. */
  #seen = new Map();

  /**
   * @param {string} key
   * @param {number} now milliseconds of a clock that is never set
   */
  isRepeat(key, now) {
    const last = this.#seen.get(key);
    if (last === undefined || now - last > WINDOW) return false;
    this.#seen.set(key, now);
    return true;
  }

  /**
   * @param {string} key
   * @param {number} now milliseconds
   */
  note(key, now) {
    for (const [other, last] of this.#seen) if (now - last > WINDOW) this.#seen.delete(other);
    this.#seen.set(key, now);
  }
}
