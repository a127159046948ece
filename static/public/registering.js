// Loads what the registration form can do with JavaScript when it is first touched, or a little later: a first visit is
// light, and until then the form works as it does without JavaScript.

const UNTOUCHED = 3_000;

function load() {
  document.removeEventListener("pointerdown", load);
  document.removeEventListener("focusin", load);
  void import("./steps.js");
}

const form = document.getElementById("register");
if (form) {
  document.addEventListener("pointerdown", load);
  document.addEventListener("focusin", load);
  if (hasDraft(form.dataset.draft ?? "")) load();
  else setTimeout(load, UNTOUCHED);
}

/** @param {string} address */
function hasDraft(address) {
  try {
    return localStorage.getItem(`draft:${address}`) !== null;
  } catch {
    return false;
  }
}
