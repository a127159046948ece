// How each verdict looks, sounds and feels. The big shape tells the group (tick, clock, cross, question mark),
// the small one beside the word the reason; words come from the page.

/**
 * @typedef {object} Look
 * @property {"admitted" | "exited" | "already" | "refused" | "unknown"} face the colour and the frame
 * @property {string} icon the big shape
 * @property {string} reason the small one
 * @property {number[]} melody frequencies in Hz, one after the other
 * @property {"sine" | "square" | "triangle"} voice
 * @property {number[]} pulse vibration in milliseconds: on, off, on …
 * @property {number} closes milliseconds until it goes by itself; 0: it waits for a tap
 */

const LET_IN = 1800;

/**
 * @param {Look["face"]} face
 * @param {string} icon
 * @param {string} reason
 * @param {number[]} melody
 * @param {number[]} pulse
 * @param {number} [closes]
 * @returns {Look}
 */
function look(face, icon, reason, melody, pulse, closes = 0) {
  return { face, icon, reason, melody, voice: face === "refused" ? "square" : "triangle", pulse, closes };
}

/** @type {Record<import("./decision.js").Verdict, Look>} */
export const LOOKS = {
  admitted: look("admitted", "check", "", [660, 990], [60], LET_IN),
  exited: look("exited", "exit", "", [990, 660], [40, 40, 40], LET_IN),
  already_admitted: look("already", "clock", "", [520, 520], [120, 80, 120]),
  waitlisted: look("already", "alert", "people", [520, 440, 520], [120, 80, 60]),
  too_early: look("already", "alert", "calendar", [520, 587, 520], [80, 80, 80]),
  cancelled: look("refused", "cross", "bin", [330, 262, 196], [300]),
  revoked: look("refused", "cross", "ticket", [330, 233], [250, 80, 100]),
  wrong_festival: look("refused", "cross", "flag", [330, 294, 220], [250, 80, 250]),
  wrong_day: look("refused", "cross", "calendar", [330, 277, 220], [200, 60, 200, 60, 60]),
  closed: look("refused", "cross", "lock", [330, 208], [350]),
  not_booked: look("refused", "cross", "book", [330, 247, 247], [200, 80, 60]),
  not_earned: look("already", "alert", "certificate", [520, 494, 520], [80, 80, 80]),
  full: look("refused", "cross", "people", [330, 247, 208], [200, 80, 200]),
  bad_signature: look("refused", "cross", "alert", [220, 185, 220, 185], [400, 100, 400]),
  unknown: look("unknown", "question", "", [440, 370], [180, 100, 60]),
};

/** The server has answered otherwise than the door had shown: nobody may miss it. */
export const OTHERWISE = look("refused", "alert", "", [880, 440, 880, 440], [300, 100, 300, 100, 300]);

/** No answer from the server: not a verdict, so it looks like none of them. */
export const NO_ANSWER = look("unknown", "globe", "", [294, 294, 294], [60, 60, 60, 60, 60]);
