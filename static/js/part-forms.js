/* <form data-parts method="post" action="…"> or <button formaction="…" data-parts> in a form:
   sent in the background; the answer is a row of elements for swap.js (200, 409 and 422 alike).

   Unsent words are saved first, so the answer is drawn from them. The answer wins over a focused
   field: what it replaces gets the focus back by id, unless an element with autofocus asks for it.
   Presses made meanwhile wait for the answer. Without scripts the form goes its ordinary way. */

import { flush } from "./seconds-save.js";
import { swapAll } from "./swap.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

let last = Promise.resolve();

document.addEventListener(
  "submit",
  (event) => {
    const { submitter, target } = event;
    const asked = submitter?.hasAttribute("formaction") ? submitter : target;
    if (!asked.hasAttribute("data-parts")) return;
    event.preventDefault();
    event.stopPropagation();
    const action = submitter?.getAttribute("formaction") ?? target.getAttribute("action");
    sendParts(action, new FormData(target, submitter));
  },
  true,
);

/** Post what a module made up; the answer is placed like a form's. Then says whether it was stored. */
export function sendParts(action, body) {
  last = last.then(() => send(action, body));
  return last;
}

async function send(action, body) {
  try {
    await Promise.all([flush(), ...[...document.querySelectorAll("auto-save")].map((each) => each.save())]);
    const response = await fetch(action, {
      method: "POST",
      body,
      headers: { "HX-Request": "true", "X-CSRFToken": body.get("csrfmiddlewaretoken") ?? "" },
      signal: AbortSignal.timeout(30000),
    });
    const drawn = response.ok || response.status === 409 || response.status === 422;
    if (response.ok) document.dispatchEvent(new CustomEvent("saved"));
    if (drawn && !response.redirected) place(await response.text());
    else toast(say(response.redirected ? "signedOut" : "refused"), "error");
    return response.ok && !response.redirected;
  } catch {
    toast(say("network"), "error");
    return false;
  }
}

function place(html) {
  const { id } = document.activeElement ?? {};
  document.activeElement?.blur?.();
  // Words that could not be stored are kept in this browser: the new field gets them back.
  for (const field of document.querySelectorAll("#main [data-unsent]")) field.removeAttribute("data-unsent");
  swapAll(html);
  const asks = document.querySelector("#main [autofocus]");
  const back = asks ?? (id ? document.getElementById(id) : null);
  back?.focus();
  asks?.removeAttribute("autofocus");
  asks?.scrollIntoView({ block: "nearest" });
}
