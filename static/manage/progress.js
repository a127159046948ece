// Keeps a page about work that goes on fresh: every two seconds the part marked `data-progress` is fetched again, until
// it says that the work is over. With JavaScript off, its link does the same.

const EVERY = 2_000;

/** Whether it goes on. */
function going() {
  const part = document.querySelector("[data-progress]");
  return part instanceof HTMLElement && part.dataset.progress === "on";
}

async function refresh() {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-progress]");
  if (fresh) document.querySelector("[data-progress]")?.replaceWith(document.importNode(fresh, true));
}

async function follow() {
  while (going()) {
    await new Promise((done) => setTimeout(done, EVERY));
    try {
      await refresh();
    } catch {
      // The network is away for a moment: the next time tells.
    }
  }
}

follow();
