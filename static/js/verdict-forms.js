/* Forms that open in place to say why: details.say in the decision bar, menus with data-closes.

   What opens takes the focus to its [data-first]; Escape closes it. Sent, it closes, so that the
   answer can take its place (swap.js), and the focus goes on where the decision now stands. */

let sent = false;

document.addEventListener(
  "toggle",
  ({ newState, target }) => {
    if (newState === "open" && target.matches?.("details.say, .redo")) target.querySelector("[data-first]")?.focus();
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const say = event.key === "Escape" && event.target.closest?.("details.say[open]");
  if (say) shut(say);
});

document.addEventListener(
  "submit",
  ({ target }) => {
    sent = target.closest("#decide") !== null;
    if (!target.hasAttribute("data-closes")) return;
    // After the form has been read: a field that is not shown is sent all the same.
    setTimeout(() => (target.matches("[popover]") ? hide(target) : shut(target.closest("details"))));
  },
  true,
);

document.addEventListener("swapped", ({ target }) => {
  if (!sent || target.id !== "decide") return;
  sent = false;
  const next = target.querySelector("details[open] [data-first], #take-back, summary");
  setTimeout(() => next?.focus());
});

/** Opened by its key, it would leave the focus nowhere. */
function hide(menu) {
  menu.hidePopover();
  document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`)?.focus();
}

function shut(details) {
  details.open = false;
  details.querySelector("summary").focus();
}
