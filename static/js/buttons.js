/* Blocked and busy buttons.

   <button type="button" aria-disabled="true" data-goto="#shot-K-prompt" aria-describedby="why">:
   a click changes nothing and moves to the first thing to fix, or says in a toast what describes
   the button. A form that is under way takes no second click. Requests of htmx that fail, or that
   end at the sign-in page, are said in a toast: nothing was changed. */

import { goTo } from "./goto.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest("[aria-disabled='true'], [aria-busy='true']");
    if (!button) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const goto = button.dataset.goto && document.querySelector(button.dataset.goto);
    if (!goto) return explain(button);
    goTo(goto);
  },
  true,
);

/** No dead buttons: what describes a blocked one is said when it is pressed. */
function explain(button) {
  const why = document.getElementById(button.getAttribute("aria-describedby") ?? "");
  if (why && button.getAttribute("aria-disabled") === "true") toast(why.textContent.trim(), "info");
}

document.addEventListener("submit", (event) => {
  const { submitter, target } = event;
  if (event.defaultPrevented || target.method === "dialog" || target.closest("auto-save")) return;
  if (target.hasAttribute("data-stays")) return; // a download leaves the page where it is
  if (!submitter || submitter.hasAttribute("hx-post") || target.hasAttribute("hx-post")) return;
  // After the browser has read the form: a busy button is still sent along.
  setTimeout(() => submitter.setAttribute("aria-busy", "true"));
});

window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[aria-busy='true']")) button.removeAttribute("aria-busy");
});

document.addEventListener("htmx:sendError", () => toast(say("network"), "error"));
document.addEventListener("htmx:responseError", ({ detail }) => {
  toast(say(detail.xhr.status === 401 ? "signedOut" : "refused"), "error");
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const { login } = document.getElementById("words")?.dataset ?? {};
  const { xhr } = event.detail;
  if (!login || !xhr?.responseURL || new URL(xhr.responseURL).pathname !== login) return;
  event.detail.shouldSwap = false;
  toast(say("signedOut"), "error");
});
