/* <fieldset data-module="…/element-slots.js"> … <input type="file" data-slot="/teams/K/…/frontal/">

   A picture chosen for an element, or dropped on its slot, is sent at once, kept, and drawn in its
   slot, whose hidden field names it. Without scripts the files go with the form. */

import { sendParts } from "./part-forms.js";

document.addEventListener("change", ({ target }) => {
  if (!target.matches?.("input[type=file][data-slot]") || !target.files.length) return;
  const body = new FormData();
  body.set("picture", target.files[0]);
  body.set("csrfmiddlewaretoken", target.form.elements.csrfmiddlewaretoken.value);
  target.closest(".slot").setAttribute("aria-busy", "true");
  sendParts(target.dataset.slot, body).finally(() => {
    // Still there only where the answer did not come: the file goes with the form then.
    document.getElementById(target.closest(".slot")?.id)?.removeAttribute("aria-busy");
  });
});

document.addEventListener("dragover", (event) => {
  const slot = slotOf(event);
  if (!slot) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
  mark(slot);
});

document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget?.closest?.(".slots .slot")) mark(null);
});

document.addEventListener("drop", (event) => {
  const slot = slotOf(event);
  mark(null);
  if (!slot) return;
  event.preventDefault();
  const input = slot.querySelector("input[type=file]");
  const one = new DataTransfer();
  one.items.add(event.dataTransfer.files[0]);
  input.files = one.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

function slotOf(event) {
  const brings = event.dataTransfer?.types.includes("Files") ?? false;
  return brings ? event.target.closest?.(".slots .slot") : null;
}

function mark(slot) {
  for (const each of document.querySelectorAll(".slots .slot")) each.classList.toggle("taking", each === slot);
}
