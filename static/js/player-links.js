/* Links to moments, used by take-player.js: any <a data-at-ms> on the page seeks. One that leads to a
   note (#note-K) makes it the current one; a note the page does not list is fetched by the link's
   own address. */

/** Follow what is pressed anywhere on the page until `signal` says so. */
export function followLinks(player, signal) {
  document.addEventListener("click", (event) => follow(player, event), { signal });
}

/** The pin of the next note after what stands, or with -1 of the one before; null past the ends. */
export function noteBeside(player, way) {
  const pins = player.pins.all;
  const current = pins.findIndex((pin) => pin.matches(".on"));
  const stands = current >= 0 && frameOf(player, pins[current]) === player.frame;
  // Several notes may stand on one frame: from the current one to its neighbour.
  if (stands) return pins[current + way] ?? null;
  const ahead = (pin) => (frameOf(player, pin) - player.frame) * way > 0;
  return (way > 0 ? pins.find(ahead) : pins.findLast(ahead)) ?? null;
}

function frameOf(player, pin) {
  return player.frameOf(Number(pin.dataset.atMs));
}

function follow(player, event) {
  const link = event.target.closest?.("a[data-at-ms]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  player.pause();
  player.seek(Number(link.dataset.atMs));
  const id = link.closest(".note")?.id ?? link.hash.slice(1);
  if (id.startsWith("note-")) point(id, link);
}

function point(id, link) {
  mark(id);
  const note = document.getElementById(id);
  if (!note) fetchIt(id, link);
  else if (link.matches(".pin")) note.scrollIntoView({ block: "nearest" });
}

function mark(id) {
  for (const other of document.querySelectorAll(".note.on, .pin.on")) other.classList.remove("on");
  document.getElementById(id)?.classList.add("on");
  document.querySelector(`.pin[href$="#${CSS.escape(id)}"]`)?.classList.add("on");
}

/** The part of the thread that holds it, in place of the one that is listed. */
async function fetchIt(id, link) {
  const address = link.href.split("#")[0];
  await window.htmx?.ajax("GET", address, { source: link, swap: "none" }).catch(() => {});
  if (!document.getElementById(id)) return;
  mark(id);
  document.getElementById(id).scrollIntoView({ block: "nearest" });
}
