/* <a href="#shot-K-prompt" data-goto>: goes to a field and focuses it, also when it is folded away
   in a <details> or drawn by a twin. Without scripts the link scrolls there. */

const FIELDS = "input:not([type=hidden], :disabled), select:not(:disabled), textarea:not(:disabled), [tabindex]";

/** Unfold, focus and show an element, or the first field in it. */
export function goTo(target) {
  for (let fold = target.closest("details:not([open])"); fold; fold = fold.closest("details:not([open])")) fold.open = true;
  const field = fieldOf(target);
  field.focus({ preventScroll: true });
  (isDrawn(field) ? field : target).scrollIntoView({ block: "center" });
}

function fieldOf(target) {
  const twin = target.closest("prompt-field")?.querySelector("[contenteditable]");
  const found = [twin, target, ...target.querySelectorAll(FIELDS)];
  return found.find((each) => each?.matches(`${FIELDS}, [contenteditable]`) && isDrawn(each)) ?? target;
}

function isDrawn(element) {
  return element.getClientRects().length > 0;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-goto]");
  const target = link && document.getElementById(link.hash.slice(1));
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  goTo(target);
});
