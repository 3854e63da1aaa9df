/* Menus that are popovers: the first thing in one gets the focus, ↑ ↓ Home End go through it, and
   it closes when something in it was pressed, with the focus back on what opened it.

   <button popovertarget="m">…</button><div class="menu" id="m" popover><button>…</button>…</div> */

const THINGS = "button, a[href], input:not([type=hidden])";

document.addEventListener(
  "toggle",
  ({ target, newState }) => {
    if (newState !== "open" || !isMenu(target) || target.contains(document.activeElement)) return;
    things(target)[0]?.focus({ preventScroll: true });
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const menu = openMenu(event.target);
  const way = { ArrowDown: 1, ArrowUp: -1, Home: 0, End: 0 }[event.key];
  if (!menu || way === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const all = things(menu);
  const at = { Home: 0, End: all.length - 1 }[event.key] ?? all.indexOf(document.activeElement) + way;
  all.at(at % all.length)?.focus();
});

document.addEventListener(
  "submit",
  ({ submitter }) => {
    const menu = submitter?.closest(".menu:popover-open");
    if (isMenu(menu)) menu.hidePopover();
  },
  true,
);

document.addEventListener("click", (event) => {
  const menu = event.target.closest("a[href]")?.closest(".menu:popover-open");
  if (isMenu(menu)) menu.hidePopover();
});

// Once the picture is chosen, there is nothing more to do in the menu.
document.addEventListener("change", ({ target }) => {
  if (target.type === "file") target.closest(".card-menu:popover-open")?.hidePopover();
});

/** The open menu the focus is in, or stands at the button of. */
function openMenu(element) {
  const menu = element.closest?.(".card-menu") ?? element.popoverTargetElement;
  return isMenu(menu) && menu.matches(":popover-open") ? menu : null;
}

function isMenu(element) {
  return element instanceof Element && element.matches(".card-menu");
}

function things(menu) {
  return [...menu.querySelectorAll(THINGS)].filter((each) => each.checkVisibility());
}
