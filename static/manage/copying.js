// A button that copies an address; without it the address stands there to be copied by hand.

for (const button of document.querySelectorAll("button[data-copies]")) {
  if (!(button instanceof HTMLButtonElement) || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const label = button.querySelector("span");
    try {
      await navigator.clipboard.writeText(button.dataset.copies ?? "");
      if (label) label.textContent = button.dataset.copied ?? "";
    } catch {
      button.hidden = true; // not allowed here: the address stands above
    }
  });
}
