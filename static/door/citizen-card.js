// What the QR on a citizen's card says, as far as a walk-in needs it. The card of 2021 says
// number|old number|name|ddmmyyyy|Nam/Nữ|address|ddmmyyyy issued; newer ones say more after it, in an order that nobody
// has published. The number and the text itself go no further than this function: nothing here keeps or sends them.

const LONGEST_TEXT = 1_000;
const FEWEST = 7;
const MOST = 30;
const LONGEST_NAME = 120;
const COMMUNE = /^(phường|xã|thị trấn|đặc khu|p\.|x\.|tt\.)\s*/iu;
/** Since then an address has no district: the commune stands before the province (Luật 72/2025/QH15). */
const TWO_LEVELS_SINCE = 20250701;

/**
 * @typedef {{name: string, birthYear: number, ward: string | null}} Card `ward` is the commune as the card writes it
 */

/**
 * Reads the text of a citizen card's QR; null for anything else.
 * @param {string} text
 * @param {number} [year] this year
 * @returns {Card | null}
 */
export function readCitizenCard(text, year = new Date().getFullYear()) {
  if (text.length > LONGEST_TEXT) return null;
  const fields = text.trim().normalize("NFC").split("|", MOST + 1);
  if (fields.length < FEWEST || fields.length > MOST) return null;
  const [number, oldNumber, printed, born] = fields.map((field) => field.trim());
  if (!/^[0-9]{12}$/.test(number) || !/^([0-9]{9}|[0-9]{12})?$/.test(oldNumber)) return null;
  const name = readName(printed);
  const birthYear = readDay(born, year)?.year;
  if (!name || !birthYear) return null;
  return { name, birthYear, ward: communeOf(fields[5], fields[6]) };
}

/** @param {string} printed */
function readName(printed) {
  const name = printed.split(/\s+/).join(" ");
  const letters = /^\p{L}[\p{L}\p{M}.'’ -]*$/u;
  return letters.test(name) && [...name].length <= LONGEST_NAME ? name : null;
}

/**
 * A day written as ddmmyyyy that there was.
 * @param {string} text
 * @param {number} year this year
 */
function readDay(text, year) {
  const parts = /^([0-9]{2})([0-9]{2})([0-9]{4})$/.exec(text);
  if (!parts) return null;
  const [day, month, of] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const date = new Date(Date.UTC(of, month - 1, day));
  const real = date.getUTCFullYear() === of && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return real && of >= 1900 && of <= year ? { year: of, number: of * 10_000 + month * 100 + day } : null;
}

/**
 * The commune's part of an address: the one that says so, else the one that stands where communes stand.
 * @param {string} address such as "Tổ 3, Phúc Xá, Ba Đình, Hà Nội"
 * @param {string} issued
 * @returns {string | null}
 */
function communeOf(address, issued) {
  const parts = address
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
  const named = parts.filter((part) => COMMUNE.test(part)).at(-1);
  if (named) return named;
  const day = readDay(issued.trim(), 9999);
  const place = day && day.number >= TWO_LEVELS_SINCE ? 2 : 3;
  return parts.length >= place ? parts[parts.length - place] : null;
}

/**
 * Whether a ward of a list is the commune of a card, whatever kind of commune each of them says.
 * @param {string} ward
 * @param {string} commune
 */
export function isSameCommune(ward, commune) {
  return bare(ward) !== "" && bare(ward) === bare(commune);
}

/** @param {string} name */
function bare(name) {
  return name.normalize("NFC").trim().replace(COMMUNE, "").toLocaleLowerCase("vi").trim();
}
