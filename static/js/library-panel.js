/* <a data-panel="/teams/K/library/?element=E" href="/elements/E/">…</a>

   Where the window is wide enough for the panel, an element is looked at beside the others, and the
   address names it; elsewhere, without scripts, and with a key held, the link goes to its page. */

const WIDE = matchMedia("(min-width: 1100px)");

document.addEventListener("click", (event) => {
  const card = event.target.closest?.("a[data-panel]");
  const isModified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!card || isModified || event.button || !WIDE.matches) return;
  event.preventDefault();
  look(card);
});

async function look(card) {
  const address = card.dataset.panel;
  await window.htmx.ajax("GET", address, { target: "#library", select: "#library", swap: "outerHTML" });
  // Marked as htmx marks them, both are asked of the server again when somebody goes back.
  history.replaceState({ htmx: true }, "");
  history.pushState({ htmx: true }, "", address);
  document.getElementById(card.id)?.focus({ preventScroll: true });
}
