/* <form data-note-form><ul data-chosen hidden></ul>
     <label class="bring"><input type="file" name="files" multiple data-most="5" data-most-bytes="10485760"></label>

   Files for a note: chosen, dropped on the form or pasted into its words. They are listed with a
   button each to leave them out; what is too many, too large or empty is said at once and left
   out. */

import { icon, say } from "./words.js";

const FORM = "form[data-note-form]";
const MIB = 1024 * 1024;
// What each form holds; a file field itself forgets what was chosen before.
const held = new WeakMap();

const inputOf = (form) => form?.querySelector("input[type=file][name=files]");

function add(form, files) {
  const input = inputOf(form);
  const most = Number(input.dataset.most);
  const largest = Number(input.dataset.mostBytes);
  const fit = [...files].filter((file) => file.size && file.size <= largest);
  const all = [...(held.get(form) ?? []), ...fit];
  const [wrong] = [...files].filter((file) => !fit.includes(file));
  put(form, all.slice(0, most));
  if (wrong) complain(form, say(wrong.size ? "fileTooLarge" : "fileEmpty", { name: wrong.name, n: largest / MIB }));
  else complain(form, all.length > most ? say("filesMany", { n: most }) : "");
}

function put(form, files) {
  held.set(form, files);
  const box = new DataTransfer();
  for (const file of files) box.items.add(file);
  inputOf(form).files = box.files;
  draw(form, files);
}

function draw(form, files) {
  const list = form.querySelector("[data-chosen]");
  list.hidden = !files.length;
  list.replaceChildren(...files.map((file) => rowOf(form, file)));
}

function rowOf(form, file) {
  const row = document.createElement("li");
  const name = document.createElement("span");
  name.className = "clip";
  name.textContent = file.name;
  const size = document.createElement("span");
  size.className = "faint num";
  size.textContent = file.size < MIB ? `${Math.ceil(file.size / 1024)} KB` : `${(file.size / MIB).toFixed(1)} MB`;
  const out = document.createElement("button");
  out.type = "button";
  out.className = "btn ghost sm sq";
  out.setAttribute("aria-label", say("leaveOut", { name: file.name }));
  out.append(icon("x", "s"));
  out.addEventListener("click", () => {
    put(form, held.get(form).filter((each) => each !== file));
    (form.querySelector("[data-chosen] button") ?? form.querySelector("textarea")).focus();
  });
  row.append(icon("doc", "s"), name, size, out);
  return row;
}

function complain(form, words) {
  const errors = form.querySelector(".errors");
  if (!errors) return;
  const line = document.createElement("p");
  line.className = "err";
  const text = document.createElement("span");
  text.textContent = words;
  line.append(icon("badc", "s"), text);
  errors.replaceChildren(...(words ? [line] : []));
}

function formFor(event) {
  const form = event.target.closest?.(FORM);
  return form && inputOf(form) && event.dataTransfer?.types.includes("Files") ? form : null;
}

document.addEventListener("change", ({ target }) => {
  if (target.matches?.(`${FORM} input[type=file]`) && target.files.length) add(target.form, target.files);
});
document.addEventListener("dragover", (event) => {
  const form = formFor(event);
  if (!form) return;
  event.preventDefault();
  form.classList.add("over");
});
document.addEventListener("dragleave", ({ target }) => target.closest?.(FORM)?.classList.remove("over"));
document.addEventListener("drop", (event) => {
  const form = formFor(event);
  if (!form) return;
  event.preventDefault();
  form.classList.remove("over");
  add(form, event.dataTransfer.files);
});
document.addEventListener("paste", (event) => {
  const form = event.target.closest?.(FORM);
  const files = event.clipboardData?.files;
  if (!form || !inputOf(form) || !files?.length) return;
  event.preventDefault();
  add(form, files);
});
document.addEventListener("reset-files", ({ target }) => inputOf(target) && put(target, []));
