/* <button data-dialog="send-dialog">…</button> <dialog class="dialog" id="send-dialog">…
     <button data-close>Keep editing</button></dialog>

   Opens the dialog as a modal; Esc and data-close close it and the focus goes back. A link with
   data-dialog and a place to go still works without scripts. Openers that do nothing else may
   carry `hidden`; they are shown here. */

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog && opener.getAttribute("aria-disabled") !== "true") {
    event.preventDefault();
    dialog.showModal();
  }
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
});

function show() {
  for (const opener of document.querySelectorAll("[data-dialog][hidden]")) opener.hidden = false;
}

document.addEventListener("swapped", show);
document.addEventListener("htmx:afterSettle", show);
show();
