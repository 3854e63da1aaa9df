/* <ol class="toasts" id="toasts"><li class="toast [error]">…<button data-dismiss hidden></button></li></ol>

   A message goes after 6 s, not while it is hovered or focused; an error stays until dismissed.
   One stands at a time. What carries data-until-saved, since its Undo takes the last change back,
   goes with the next change. `toast(words, level)` says something from a module. */

import { icon, say } from "./words.js";

const STAYS = 6000;

/** Say something; level is "success", "info" or "error", which stays. */
export function toast(words, level = "success") {
  const item = document.createElement("li");
  item.className = `toast ${level}`;
  item.setAttribute("role", level === "error" ? "alert" : "status");
  const text = document.createElement("span");
  text.className = "grow";
  text.textContent = words;
  const close = document.createElement("button");
  close.className = "btn ghost sm sq";
  close.type = "button";
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", say("dismiss"));
  close.append(icon("x"));
  const marks = { error: "badc", info: "info" };
  item.append(icon(marks[level] ?? "okc", "l"), text, close);
  document.getElementById("toasts")?.append(item);
}

function arm(item) {
  const close = item.querySelector("[data-dismiss]");
  if (close) close.hidden = false;
  close?.addEventListener("click", () => item.remove());
  for (const older of [...item.parentElement.children]) {
    if (older !== item && !older.matches(".error")) older.remove();
  }
  if (!item.matches(".error")) leaveLater(item);
}

function leaveLater(item) {
  setTimeout(() => {
    if (item.matches(":hover") || item.contains(document.activeElement)) leaveLater(item);
    else item.remove();
  }, STAYS);
}

document.addEventListener("saved", () => {
  for (const item of document.querySelectorAll("#toasts > [data-until-saved]")) item.remove();
});

/** In the top layer, so that a dialog does not cover it. */
function lift(list) {
  if (!list.showPopover) return;
  list.setAttribute("popover", "manual");
  if (list.matches(":popover-open")) list.hidePopover();
  if (list.children.length) list.showPopover();
}

const list = document.getElementById("toasts");
if (list) {
  new MutationObserver((changes) => {
    const fresh = changes.flatMap((change) => [...change.addedNodes]);
    fresh.filter((node) => node instanceof Element).forEach(arm);
    lift(list);
  }).observe(list, { childList: true });
  [...list.children].forEach(arm);
  lift(list);
}
