// What the page brings along (texts, addresses) and its elements, each checked once.

/**
 * @typedef {object} Setup
 * @property {number} festival
 * @property {number} device
 * @property {number[]} checkpoints
 * @property {string} api the address that all calls are below
 * @property {string} icons
 * @property {string} worker
 * @property {string} serviceWorker
 * @property {string} [address] of a booth's screen: what stands before its codes
 */

/** @type {Setup} */
export const setup = JSON.parse(element("setup").textContent ?? "{}");

/** @type {Record<string, any>} */
const words = JSON.parse(element("texts").textContent ?? "{}");

/** @type {Record<string, {word: string, hint: string}>} */
export const verdictWords = words.verdicts;

/**
 * The text of that name with its places filled in.
 * @param {string} name
 * @param {Record<string, string | number>} [places]
 */
export function text(name, places = {}) {
  return fill(words[name] ?? name, places);
}

/**
 * @param {string} template with places such as {at}
 * @param {Record<string, string | number>} places
 */
export function fill(template, places) {
  return template.replace(/\{(\w+)\}/g, (_, name) => String(places[name] ?? ""));
}

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * The element of that id, which has to be of that kind.
 * @template {HTMLElement} Kind
 * @param {string} id
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
export function typed(id, kind) {
  const found = element(id);
  if (!(found instanceof kind)) throw new Error(`#${id} is no ${kind.name}`);
  return found;
}

/**
 * A new element with a class and a text.
 * @param {string} name
 * @param {string} className
 * @param {string} [words]
 */
export function make(name, className, words = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = words;
  return made;
}

/**
 * One of the page's icons.
 * @param {string} name
 */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const use = document.createElementNS(space, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("stroke-width", "2");
  svg.setAttribute("stroke-linecap", "round");
  svg.setAttribute("stroke-linejoin", "round");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${setup.icons}#${name}`);
  svg.append(use);
  return svg;
}
