// Finding people in the phone's own list: the twin of festival/checkin/finding.py, run by both over
// tests/vectors/finding.json. No page in here, so that it runs everywhere.

export const MOST = 10;
const FEWEST_LETTERS = 4;
const FEWEST_DIGITS = 4;

/**
 * What was typed, understood: folded words of the name, a year of birth, the last digits of the phone ("").
 * @typedef {{names: string[], year: number | null, phoneEnd: string}} Wanted
 *
 * Somebody of the phone's list; `phoneTail` holds as many of the last digits as the phone was told.
 * @typedef {{attendee: number, name: string, birthYear: number, phoneTail: string, cancelled?: boolean}} Somebody
 */

const APOSTROPHES = /['`´‘’‛ʹʻʼʽˈˊˋ′＇]/gu;

/**
 * The search key of a text: lower case, no marks, no apostrophes, đ as d, single spaces, as fold() of
 * festival/core/text.py.
 * @param {string} text
 */
export function fold(text) {
  const visible = text.normalize("NFC").replace(/\s/gu, " ").replace(/\p{C}/gu, "");
  const bare = visible.replace(APOSTROPHES, "").replace(/[đĐ]/g, "d").normalize("NFKD").replace(/\p{M}/gu, "");
  return bare.toLowerCase().replace(/ß/g, "ss").replace(/đ/g, "d").split(/\s+/).filter(Boolean).join(" ");
}

/**
 * Digits alone are the end of a phone, even if they could be a year; beside a name, four digits that can be a year
 * are one. Digits in groups belong together; fewer than four are left aside.
 * @param {string} typed
 * @returns {Wanted}
 */
export function readTyped(typed) {
  const words = fold([...typed].slice(0, 200).join("")).split(" ").filter(Boolean).slice(0, 8);
  const names = words.filter((word) => !isNumber(word));
  const numbers = words.filter(isNumber).map((word) => word.replace(/[^0-9]/g, ""));
  const place = names.length ? numbers.findIndex(isYear) : -1;
  const year = place < 0 ? null : Number(numbers.splice(place, 1)[0]);
  let digits = numbers.join("");
  if (digits.length >= 11 && digits.startsWith("84")) digits = digits.slice(2);
  else if (digits.length >= 10 && digits.startsWith("0")) digits = digits.slice(1);
  return { names, year, phoneEnd: digits.length >= FEWEST_DIGITS ? digits : "" };
}

/** @param {string} word */
function isNumber(word) {
  return /^[+(]?[0-9][0-9.()-]*$/.test(word);
}

/** @param {string} digits */
function isYear(digits) {
  return digits.length === 4 && Number(digits) >= 1900 && Number(digits) <= 2100;
}

/**
 * Two words, or one and a year of birth, or four digits of the phone: less would be browsing.
 * @param {Wanted} wanted
 */
export function isEnough({ names, year, phoneEnd }) {
  if (phoneEnd) return true;
  const letters = names.reduce((sum, name) => sum + [...name].length, 0) + (year === null ? 0 : 2);
  return names.length > 0 && names.length + (year === null ? 0 : 1) >= 2 && letters >= FEWEST_LETTERS;
}

/**
 * How well somebody fits, 0 for not at all. Every typed word has to begin a word of the name. 2: one of them begins the
 * given name (the last word), or all of them together the whole name, or the end of the phone is given too; 1: one of
 * them begins the family name (the first word).
 * @param {Somebody} person
 * @param {Wanted} wanted
 * @returns {0 | 1 | 2}
 */
export function fit(person, { names, year, phoneEnd }) {
  if (person.cancelled || (year !== null && person.birthYear !== year)) return 0;
  if (phoneEnd && !endsAlike(person.phoneTail, phoneEnd)) return 0;
  const folded = fold(person.name);
  const words = folded.split(" ");
  if (!names.every((name) => words.some((word) => word.startsWith(name)))) return 0;
  const given = words[words.length - 1];
  if (phoneEnd || folded.startsWith(names.join(" ")) || names.some((name) => given.startsWith(name))) return 2;
  return names.some((name) => words[0].startsWith(name)) ? 1 : 0;
}

/**
 * @param {string} known
 * @param {string} asked
 */
function endsAlike(known, asked) {
  return known !== "" && (known.endsWith(asked) || asked.endsWith(known));
}

/**
 * The first `MOST` of the people who fit best, sorted as class lists are: by the given name, then the whole one.
 * @template {Somebody} Kind
 * @param {Iterable<Kind>} people
 * @param {Wanted} wanted
 * @returns {{people: Kind[], more: boolean}}
 */
export function lookAmong(people, wanted) {
  const fitting = [...people].map((person) => ({ person, fit: fit(person, wanted), key: nameKey(person.name) }));
  const best = fitting.some((one) => one.fit === 2) ? 2 : 1;
  const keyed = fitting.filter((one) => one.fit === best);
  keyed.sort(
    (a, b) =>
      (a.key < b.key ? -1 : Number(a.key > b.key)) ||
      a.person.birthYear - b.person.birthYear ||
      a.person.attendee - b.person.attendee,
  );
  return { people: keyed.slice(0, MOST).map(({ person }) => person), more: keyed.length > MOST };
}

/** @param {string} name */
function nameKey(name) {
  const words = fold(name).split(" ");
  return [...words.slice(-1), ...words.slice(0, -1)].join(" ");
}
