// What can be seen to be missing without asking the server, which judges everything again. Rules of the form:
// festival/registration/forms.py.

import { text } from "../door/page.js";

const GUARDIAN_BELOW_AGE = 16;
const OWN_CONSENT_FROM_AGE = 7;

/**
 * @param {import("./queue.js").Fields} fields
 * @returns {[string, string][]} the fields that cannot stay so, and why
 */
export function checkLocally(fields) {
  /** @type {[string, string][]} */
  const wrong = [];
  const value = (/** @type {string} */ name) => String(fields[name] ?? "").trim();
  /** @param {string} name @param {string} words */
  const miss = (name, words) => {
    wrong.push([name, text(words)]);
  };
  if (!value("contact_name")) miss("contact_name", "need_name");
  const years = [];
  if (fields.coming) {
    if (isYear(value("birth_year"))) years.push(Number(value("birth_year")));
    else miss("birth_year", "need_year");
  }
  const others = Object.keys(fields).filter((name) => /^members-\d+-name$/.test(name));
  for (const name of others) {
    const year = name.replace("-name", "-birth_year");
    if (!value(name) && !value(year)) continue; // an empty row
    if (!value(name)) miss(name, "need_name");
    if (isYear(value(year))) years.push(Number(value(year)));
    else miss(year, "need_year");
  }
  if (!years.length && !wrong.length) miss("coming", "need_somebody");
  if (!value("recorded_by")) miss("recorded_by", "need_recorder");
  const ages = years.map((year) => new Date().getFullYear() - year).filter((age) => age < GUARDIAN_BELOW_AGE);
  if (!fields.consent_taking_part) miss("consent_taking_part", "need_consent");
  if (ages.length && !fields.consent_children) miss("consent_children", "need_consent");
  if (ages.some((age) => age >= OWN_CONSENT_FROM_AGE) && !fields.consent_childrens_own) {
    miss("consent_childrens_own", "need_consent");
  }
  const young = fields.coming && new Date().getFullYear() - Number(value("birth_year")) < GUARDIAN_BELOW_AGE;
  if (young && (!value("guardian_name") || value("guardian_name") === value("contact_name"))) {
    miss("guardian_name", "need_guardian");
  }
  return wrong;
}

/** @param {string} words */
function isYear(words) {
  return /^\d{4}$/.test(words) && Number(words) >= 1900 && Number(words) <= new Date().getFullYear();
}
