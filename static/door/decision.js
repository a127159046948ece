// The decision at the door: the twin of festival/checkin/decision.py. Both are run over
// tests/vectors/scan_decisions.json; a rule is changed in all three places together.

/**
 * @typedef {"admitted" | "already_admitted" | "exited" | "cancelled" | "revoked" | "wrong_festival" |
 *   "wrong_day" | "too_early" | "closed" | "not_booked" | "not_earned" | "waitlisted" | "full" | "unknown" |
 *   "bad_signature"} Verdict
 *
 * @typedef {object} TicketFacts
 * @property {number | null} festival_id null when nothing readable was shown
 * @property {"good" | "bad" | "none"} [signature] "none" for a typed code or a name found by hand
 * @property {"found" | "absent" | "unchecked"} [record] "unchecked" on a phone that has no list yet
 * @property {boolean} [revoked]
 * @property {boolean} [cancelled]
 * @property {string | null} [valid_from] a local day, "2027-10-10"
 * @property {number} [valid_days]
 * @property {string | null} [booking] state of the booking for the checkpoint's session
 * @property {number} [stamps] booths that have stamped this person
 *
 * @typedef {object} CheckpointFacts
 * @property {number} festival_id
 * @property {"entrance" | "session" | "booth" | "volunteers" | "custom"} kind
 * @property {string | null} [opens_at] ISO 8601 with its zone, as all moments here
 * @property {string | null} [closes_at]
 * @property {string | null} [starts_at]
 * @property {string | null} [ends_at]
 * @property {number} [opens_before] minutes before its start that a session lets people in
 * @property {boolean} [over] the organizer has closed the whole festival
 * @property {boolean} [re_entry] who went out may come in again
 * @property {boolean} [walk_ins] a session admits who has not booked while seats last
 * @property {number | null} [seats_left] for walk-ins; on a phone without a network, what it holds itself
 * @property {number | null} [stock_left] null: no limit
 * @property {number} [stamps_needed]
 *
 * @typedef {object} History
 * @property {string | null} [admitted_at] the last coming in here
 * @property {string | null} [door]
 * @property {string | null} [exited_at] the moment of going out since then
 */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const OPENS_BEFORE = 30;
/** The kinds of checkpoints that people leave by again. */
export const HAS_A_WAY_OUT = ["entrance", "volunteers"];
// Asia/Ho_Chi_Minh has had no summer time since 1975.
const LOCAL_OFFSET = 7 * 60 * MINUTE;

/**
 * Says what the door does with this ticket at this checkpoint at the moment `now` (ISO 8601).
 * @param {TicketFacts} ticket
 * @param {CheckpointFacts} checkpoint
 * @param {History} history
 * @param {string} now
 * @param {"in" | "out"} [direction]
 * @returns {Verdict}
 */
export function decide(ticket, checkpoint, history, now, direction = "in") {
  const identity = refuseIdentity(ticket, checkpoint);
  if (identity) return identity;
  if (direction === "out") return "exited";
  if (ticket.revoked) return "revoked";
  if (ticket.cancelled) return "cancelled";
  if (!isValidDay(ticket, now)) return "wrong_day";
  if (isInAlready(checkpoint, history, Date.parse(now))) return "already_admitted";
  const hours = refuseHours(checkpoint, Date.parse(now));
  if (hours) return hours;
  if (checkpoint.kind === "session") return decideSeat(ticket.booking ?? null, checkpoint);
  if (checkpoint.kind === "custom") return decideGift(ticket, checkpoint);
  return "admitted";
}

/**
 * @param {CheckpointFacts} checkpoint
 * @param {History} history
 * @param {number} now milliseconds
 */
function isInAlready(checkpoint, history, now) {
  const admitted = moment(history.admitted_at);
  if (admitted === null || admitted > now) return false;
  if (!HAS_A_WAY_OUT.includes(checkpoint.kind)) return true;
  if (localDay(admitted) < localDay(now)) return false; // everybody has gone home overnight
  const exited = moment(history.exited_at);
  return !((checkpoint.re_entry ?? true) && exited !== null && exited <= now);
}

/**
 * @param {TicketFacts} ticket
 * @param {CheckpointFacts} checkpoint
 * @returns {Verdict | null}
 */
function refuseIdentity(ticket, checkpoint) {
  if (ticket.festival_id === null) return "unknown";
  // Before the signature: another festival's key is not known here.
  if (ticket.festival_id !== checkpoint.festival_id) return "wrong_festival";
  if (ticket.signature === "bad") return "bad_signature";
  if (ticket.record === "absent") return "unknown";
  return null;
}

/**
 * @param {TicketFacts} ticket
 * @param {string} now
 */
function isValidDay(ticket, now) {
  if (!ticket.valid_from) return true;
  const today = localDay(Date.parse(now));
  const first = Date.parse(`${ticket.valid_from}T00:00:00Z`) / DAY;
  return first <= today && today < first + (ticket.valid_days ?? 1);
}

/**
 * @param {CheckpointFacts} checkpoint
 * @param {number} now milliseconds
 * @returns {Verdict | null}
 */
function refuseHours(checkpoint, now) {
  if (checkpoint.over) return "closed";
  let opens = moment(checkpoint.opens_at);
  let closes = moment(checkpoint.closes_at);
  if (checkpoint.kind === "session") {
    const starts = moment(checkpoint.starts_at);
    if (opens === null && starts !== null) opens = starts - (checkpoint.opens_before ?? OPENS_BEFORE) * MINUTE;
    closes ??= moment(checkpoint.ends_at);
  }
  if (opens !== null && now < opens) return "too_early";
  if (closes !== null && now >= closes) return "closed";
  return null;
}

/**
 * @param {string | null} booking
 * @param {CheckpointFacts} checkpoint
 * @returns {Verdict}
 */
function decideSeat(booking, checkpoint) {
  if (booking === "confirmed") return "admitted";
  if (checkpoint.walk_ins && (booking === "offered" || (checkpoint.seats_left ?? 1) > 0)) return "admitted";
  if (booking === "waitlisted" || booking === "offered") return "waitlisted";
  return checkpoint.walk_ins ? "full" : "not_booked";
}

/**
 * @param {TicketFacts} ticket
 * @param {CheckpointFacts} checkpoint
 * @returns {Verdict}
 */
function decideGift(ticket, checkpoint) {
  if ((ticket.stamps ?? 0) < (checkpoint.stamps_needed ?? 0)) return "not_earned";
  return (checkpoint.stock_left ?? 1) > 0 ? "admitted" : "full";
}

/**
 * The number of the local day.
 * @param {number} at milliseconds
 */
function localDay(at) {
  return Math.floor((at + LOCAL_OFFSET) / DAY);
}

/** @param {string | null | undefined} iso */
function moment(iso) {
  return iso ? Date.parse(iso) : null;
}
