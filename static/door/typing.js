// Short codes from the keyboard, and hand-held scanners, which type the code and press Enter. Both end in one field:
// what is typed while no field has the focus goes there too, without opening the phone's keyboard.

import { typed } from "./page.js";

const input = typed("code", HTMLInputElement);
const form = typed("typed", HTMLFormElement);

/** @param {(text: string) => void} take */
export function prepareTyping(take) {
  const submit = () => {
    const value = input.value.trim();
    input.value = "";
    hideLong();
    if (value) take(value);
  };
  input.addEventListener("input", hideLong);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  document.addEventListener(
    "keydown",
    (event) => {
      if (isField(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Enter" && input.value) {
        // Else it would press the button that has the focus.
        event.preventDefault();
        submit();
      } else if (event.key.length === 1 && (event.key !== " " || input.value)) {
        if (event.key === " ") event.preventDefault(); // else it would press the button that has the focus
        input.value = (input.value + event.key).slice(0, 400);
        hideLong();
      }
    },
    { capture: true },
  );
}

/** What is longer than any short code is for machines, and may be a citizen card's number: nobody reads it here. */
function hideLong() {
  input.classList.toggle("is-machine-typed", input.value.length > 9);
}

/** @param {EventTarget | null} target */
function isField(target) {
  // The button that chooses a picture is an input too, but nobody types there.
  return target instanceof HTMLInputElement ? target.type !== "file" : target instanceof HTMLSelectElement;
}
