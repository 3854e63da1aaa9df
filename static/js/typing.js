/* Whether a key belongs to a field rather than to the page. */

const WORDS = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=range], [type=file])";

/** The person is writing or choosing in a field. */
export function isTyping(target) {
  return target instanceof Element && target.closest(WORDS) !== null;
}

/** Any field at all, also a switch or a choice. */
export function isField(target) {
  return target instanceof Element && target.matches("input, textarea, select, [contenteditable]");
}

/** A dialog or menu is open: single letters rest. */
export function isCovered() {
  return document.querySelector("dialog[open], .menu:popover-open") !== null;
}

/** Single keys do nothing now: somebody writes, something covers the page, or they are switched
    off in the account (<html data-keys="off">). */
export function isResting(target) {
  return document.documentElement.dataset.keys === "off" || isTyping(target) || isCovered();
}
