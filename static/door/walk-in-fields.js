// What was typed about a walk-in, judged as festival/checkin/walk_in_request.py judges it: what passes here offline must
// not be refused when it arrives. Both are run over tests/vectors/walk_ins.json.

const LONGEST_NAME = 120;
const MOBILE = /^0[35789][0-9]{8}$/;
const LANDLINE = /^02[0-9]{8,9}$/;
const SHORT_CODE = /^[2-9A-HJ-NP-TV-Z]{8}$/;

/**
 * @typedef {"name" | "birth_year" | "phone" | "guardian" | "slip" | "consents"} Field
 *
 * @typedef {object} Typed
 * @property {string} name
 * @property {string} birthYear
 * @property {string} phone
 * @property {string} guardian
 * @property {string} slip the code on a printed slip
 * @property {string[]} consents the purposes that were ticked
 *
 * @typedef {object} Ages
 * @property {number} year this year
 * @property {number} guardianBelow
 * @property {number} ownConsentFrom
 *
 * @typedef {{name: string, birth_year: number, phone: string | null, guardian: string | null, slip: string | null,
 *   consents: string[]}} Person as the server wants it
 */

/**
 * One line of text, tidied as tidy() of festival/core/text.py.
 * @param {string} text
 */
export function tidyLine(text) {
  return text.normalize("NFC").replace(/\s/gu, " ").replace(/\p{C}/gu, "").trim().replace(/ +/g, " ");
}

/**
 * The year of birth that was typed, or null.
 * @param {string} typed
 * @param {number} year this year
 */
export function readBirthYear(typed, year) {
  const text = tidyLine(typed);
  const born = /^[0-9]{4}$/.test(text) ? Number(text) : 0;
  return born >= 1900 && born <= year ? born : null;
}

/**
 * Which purposes have to be ticked for somebody born then.
 * @param {number} birthYear
 * @param {Ages} ages
 */
export function purposesFor(birthYear, ages) {
  const age = ages.year - birthYear;
  if (age >= ages.guardianBelow) return ["taking_part"];
  return ["taking_part", "children", ...(age >= ages.ownConsentFrom ? ["childrens_own"] : [])];
}

/**
 * The person, or the first field that is wrong.
 * @param {Typed} typed
 * @param {Ages} ages
 * @returns {{person: Person} | {wrong: Field}}
 */
export function readPerson(typed, ages) {
  const name = tidyLine(typed.name);
  if (!fits(name)) return { wrong: "name" };
  const birthYear = readBirthYear(typed.birthYear, ages.year);
  if (birthYear === null) return { wrong: "birth_year" };
  const phone = readPhone(typed.phone);
  if (phone === undefined) return { wrong: "phone" };
  const child = ages.year - birthYear < ages.guardianBelow;
  const guardian = child ? tidyLine(typed.guardian) : null;
  if (guardian !== null && (!fits(guardian) || guardian === name)) return { wrong: "guardian" };
  const slip = typed.slip.toUpperCase().replace(/[\s-]/g, "") || null;
  if (slip !== null && !SHORT_CODE.test(slip)) return { wrong: "slip" };
  const asked = purposesFor(birthYear, ages);
  if (!asked.every((purpose) => typed.consents.includes(purpose))) return { wrong: "consents" };
  return { person: { name, birth_year: birthYear, phone, guardian, slip, consents: asked } };
}

/** @param {string} name */
function fits(name) {
  const length = [...name].length;
  return length > 0 && length <= LONGEST_NAME;
}

/**
 * A Vietnamese number as it is dialled here; null when none was typed, undefined for what is none.
 * @param {string} typed
 */
function readPhone(typed) {
  const text = tidyLine(typed);
  if (!text) return null;
  if (!/^[+0-9 ().-]+$/.test(text)) return undefined;
  const national = text.replace(/[ ().-]/g, "").replace(/^(\+84|0084|84(?=[0-9]{9,10}$))0?/, "0");
  return MOBILE.test(national) || LANDLINE.test(national) ? national : undefined;
}
