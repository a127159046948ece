// A file dropped anywhere on the page goes into the form marked `data-drop-file` and is sent. Without this, or with
// JavaScript off, the field itself takes it.

const form = document.querySelector("form[data-drop-file]");
const field = form?.querySelector("input[type=file]");

if (form instanceof HTMLFormElement && field instanceof HTMLInputElement) {
  document.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    field.files = event.dataTransfer.files;
    form.requestSubmit();
  });
}
