// The decision at the door: the twin of festival/checkin/decision.py. Both are run over
// tests/vectors/scan_decisions.json; a rule is changed in all three places together.

/**
 * @typedef {"admitted" | "already_admitted" | "exited" | "cancelled" | "revoked" | "wrong_festival" |
 *   "wrong_day" | "too_early" | "closed" | "not_booked" | "waitlisted" | "full" | "unknown" |
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
 *
 * @typedef {object} CheckpointFacts
 * @property {number} festival_id
 * @property {"entrance" | "session" | "booth"} kind
 * @property {string | null} [opens_at] ISO 8601 with its zone, as all moments here
 * @property {string | null} [closes_at]
 * @property {string | null} [starts_at]
 * @property {string | null} [ends_at]
 * @property {boolean} [over] the organizer has closed the whole festival
 *
 * @typedef {object} History
 * @property {string | null} [admitted_at]
 * @property {string | null} [door]
 */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const SESSION_OPENS_BEFORE = 30 * MINUTE;
// Asia/Ho_Chi_Minh has had no summer time since 1975.
const LOCAL_OFFSET = 7 * 60 * MINUTE;

/**
 * Says what the door does with this ticket at this checkpoint at the moment `now` (ISO 8601).
 * @param {TicketFacts} ticket
 * @param {CheckpointFacts} checkpoint
 * @param {History} history
 * @param {string} now
 * @returns {Verdict}
 */
export function decide(ticket, checkpoint, history, now) {
  const paper = refusePaper(ticket, checkpoint);
  if (paper) return paper;
  if (!isValidDay(ticket, now)) return "wrong_day";
  if (history.admitted_at) return "already_admitted";
  const hours = refuseHours(checkpoint, Date.parse(now));
  if (hours) return hours;
  if (checkpoint.kind === "session") return decideBooking(ticket.booking ?? null);
  return "admitted";
}

/**
 * @param {TicketFacts} ticket
 * @param {CheckpointFacts} checkpoint
 * @returns {Verdict | null}
 */
function refusePaper(ticket, checkpoint) {
  if (ticket.festival_id === null) return "unknown";
  // Before the signature: another festival's key is not known here.
  if (ticket.festival_id !== checkpoint.festival_id) return "wrong_festival";
  if (ticket.signature === "bad") return "bad_signature";
  if (ticket.record === "absent") return "unknown";
  if (ticket.revoked) return "revoked";
  if (ticket.cancelled) return "cancelled";
  return null;
}

/**
 * @param {TicketFacts} ticket
 * @param {string} now
 */
function isValidDay(ticket, now) {
  if (!ticket.valid_from) return true;
  const today = Math.floor((Date.parse(now) + LOCAL_OFFSET) / DAY);
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
    if (opens === null && starts !== null) opens = starts - SESSION_OPENS_BEFORE;
    closes ??= moment(checkpoint.ends_at);
  }
  if (opens !== null && now < opens) return "too_early";
  if (closes !== null && now >= closes) return "closed";
  return null;
}

/**
 * @param {string | null} booking
 * @returns {Verdict}
 */
function decideBooking(booking) {
  if (booking === "confirmed") return "admitted";
  if (booking === "waitlisted" || booking === "offered") return "waitlisted";
  return "not_booked";
}

/** @param {string | null | undefined} iso */
function moment(iso) {
  return iso ? Date.parse(iso) : null;
}
