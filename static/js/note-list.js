/* <aside class="thread" data-page="/takes/K/">
     <div id="notes"><ol id="note-rows" data-by-rows data-query="notes=mine">
       <li id="row-K"><article class="note" id="note-K" data-at-ms data-end-ms>

   The page's address and what the pulse asks for follow the list that is shown (data-query). The
   note one looks at stays marked when it is drawn anew; one that was just written gets the focus
   and is scrolled to. The link to the notes of "this shot" follows the player. */

const thread = () => document.querySelector("aside.thread[data-page]");
const rows = () => document.getElementById("note-rows");
let marked = document.querySelector(".note.on")?.id ?? "";

/** Mark the note one looks at. */
function show() {
  if (!marked) return;
  for (const each of document.querySelectorAll(".note.on, .pin.on")) each.classList.remove("on");
  document.getElementById(marked)?.classList.add("on");
  document.querySelector(`.pin[href$="#${CSS.escape(marked)}"]`)?.classList.add("on");
}

/** The address says what is shown, and the pulse asks for the same. */
function follow() {
  const list = rows();
  const page = thread()?.dataset.page;
  if (!list || !page) return;
  const query = new URLSearchParams(list.dataset.query);
  const pulse = document.querySelector("live-pulse");
  pulse?.setAttribute("src", `${page}pulse/?${query}`);
  const at = new URLSearchParams(location.search).get("at");
  if (at) query.set("at", at);
  const address = `${page}${query.size ? `?${query}` : ""}${location.hash}`;
  if (address !== location.pathname + location.search + location.hash) history.replaceState(history.state, "", address);
}

/** What was just written is seen, and keys go to the player again. */
function greet() {
  const fresh = thread()?.querySelector("[autofocus]");
  if (!fresh) return;
  fresh.removeAttribute("autofocus");
  marked = fresh.closest(".note")?.id ?? marked;
  show();
  fresh.focus({ preventScroll: true });
  fresh.scrollIntoView({ block: "nearest" });
}

function drawn() {
  follow();
  show();
}

/** What is pressed leads to a moment: player-links.js goes there and marks its note. */
function chosen({ target }) {
  const link = target.closest?.("a[data-at-ms]");
  if (link) marked = link.closest(".note")?.id ?? link.hash.slice(1);
}

/** The whole row of a note leads to its moment on a phone, except for what can be pressed in it. */
function press(event) {
  const note = event.target.closest?.(".note[data-at-ms]");
  if (!note || event.target.closest("a, button, summary, label, textarea, input, form, .acts, .rep")) return;
  if (!matchMedia("(max-width: 560px)").matches || String(getSelection())) return;
  note.querySelector("a.tcx")?.click();
}

function toShot({ detail }) {
  const link = document.getElementById("filter-shot");
  const page = thread()?.dataset.page;
  const shot = String(detail?.shot ?? "");
  if (!link || !page || !shot || link.hasAttribute("aria-current") || link.dataset.shot === shot) return;
  link.dataset.shot = shot;
  const query = new URLSearchParams(rows()?.dataset.query);
  query.delete("from");
  query.set("notes", "shot");
  query.set("shot", shot);
  link.setAttribute("href", `${page}?${query}#notes`);
}

document.addEventListener("click", chosen);
document.addEventListener("click", press);
document.addEventListener("frame", toShot);
document.addEventListener("swapped", drawn);
// By now htmx has put the focus back into the field that was sent.
document.addEventListener("htmx:afterSettle", () => {
  drawn();
  greet();
});
document.addEventListener("htmx:configRequest", ({ detail }) => {
  // The link was made when it was drawn; where it leads now stands in its href.
  if (detail.elt?.id === "filter-shot") detail.path = detail.elt.getAttribute("href").split("#")[0];
});
drawn();
document.querySelector(".note.on")?.scrollIntoView({ block: "nearest" });
