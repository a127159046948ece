// The designer's preview: a little after something was changed, the server draws the page anew and it is exchanged.
// Without it, or with JavaScript off, the button "Show, do not save" does the same.

const PAUSE = 700;

const form = document.getElementById("design");
const preview = document.getElementById("preview");
const state = document.getElementById("preview-state");

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {AbortController | undefined} */
let asking;

/** @param {"busy" | "done" | "wrong"} name */
function tell(name) {
  if (state) state.textContent = state.dataset[name] || "";
}

async function renew() {
  if (!(form instanceof HTMLFormElement) || !preview) return;
  asking?.abort();
  asking = new AbortController();
  tell("busy");
  try {
    const answer = await fetch(form.dataset.preview || "", {
      method: "POST",
      body: new FormData(form),
      signal: asking.signal,
    });
    if (!answer.ok) {
      tell("wrong");
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    preview.replaceChildren(...[...page.body.childNodes].map((node) => document.importNode(node, true)));
    tell("done");
  } catch (problem) {
    if (!(problem instanceof DOMException && problem.name === "AbortError")) tell("wrong");
  }
}

form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(renew, PAUSE);
});
