// A card of the timetable is dragged, or led by the arrow keys, to a free quarter of an hour. What opens then is the
// page on which it is moved, filled in: the server decides. Without this file the same page opens from the card's link.

const table = document.querySelector("table[data-moves]");

/** @type {HTMLElement | null} */
let aim = null;

/** @param {Element | null} cell the free quarter that is pointed at, or none */
function pointAt(cell) {
  aim?.classList.remove("is-aim");
  aim = cell instanceof HTMLElement ? cell : null;
  aim?.classList.add("is-aim");
  aim?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** @param {HTMLElement} card */
function open(card) {
  if (!aim) return;
  const to = new URL(card.dataset.move ?? "", location.href);
  to.searchParams.set("start", aim.dataset.start ?? "");
  to.searchParams.set("room", aim.dataset.room ?? "");
  location.assign(to);
}

/**
 * The nearest free quarter from here in a direction, judged by where things stand on the screen: cells that are
 * several lines high leave no other order.
 * @param {HTMLElement} from
 * @param {string} key
 */
function nextFree(from, key) {
  const here = from.getBoundingClientRect();
  const across = key === "ArrowLeft" || key === "ArrowRight";
  const sign = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
  let best = null;
  let least = Infinity;
  for (const cell of table?.querySelectorAll("td[data-start]") ?? []) {
    const there = cell.getBoundingClientRect();
    const [right, down] = [there.left - here.left, there.top - here.top];
    const along = (across ? right : down) * sign;
    const beside = Math.abs(across ? down : right);
    if (along < 2 || (!across && beside > there.width / 2)) continue;
    const distance = along + beside * 4;
    if (distance < least) [best, least] = [cell, distance];
  }
  return best;
}

for (const card of table?.querySelectorAll("[data-move]") ?? []) {
  if (!(card instanceof HTMLElement)) continue;
  card.draggable = true;
  card.addEventListener("dragstart", (event) => event.dataTransfer?.setData("text/plain", card.dataset.move ?? ""));
  card.addEventListener("dragend", () => pointAt(null));
  card.addEventListener("keydown", (event) => {
    if (event.key.startsWith("Arrow")) {
      const next = nextFree(aim ?? card, event.key);
      if (next) pointAt(next);
      event.preventDefault();
    } else if (event.key === "Enter" && aim) {
      event.preventDefault();
      open(card);
    } else if (event.key === "Escape") pointAt(null);
  });
  card.addEventListener("focusout", () => pointAt(null));
}

table?.addEventListener("dragover", (event) => {
  const cell = event.target instanceof Element ? event.target.closest("td[data-start]") : null;
  pointAt(cell);
  if (cell) event.preventDefault(); // only what is prevented can be dropped on
});
table?.addEventListener("drop", (event) => {
  event.preventDefault();
  const from = event instanceof DragEvent ? event.dataTransfer?.getData("text/plain") : "";
  for (const card of table.querySelectorAll("[data-move]"))
    if (card instanceof HTMLElement && card.dataset.move === from) open(card);
});
