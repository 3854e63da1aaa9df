/* upload(form, box): send a form that holds a large file, and show how far it is in the
   `<progress>` of `box`. Where the answer leads elsewhere, the page goes there; else it is a row of
   elements for swap.js. Until there is an answer the form is not sent again. */

import { swapAll } from "./swap.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

export async function upload(form, box) {
  if (form.hasAttribute("aria-busy")) return;
  const bar = box.querySelector("progress");
  form.setAttribute("aria-busy", "true");
  box.hidden = false;
  try {
    const answer = await send(form, (part) => (bar.value = part));
    if (answer.status < 300) return location.assign(answer.responseURL);
    draw(form, answer);
  } catch {
    toast(say("network"), "error");
  }
  form.removeAttribute("aria-busy");
  box.hidden = true;
}

function draw(form, { status, responseText }) {
  if (status !== 422) return toast(say(status === 403 || status === 404 ? "gone" : "refused"), "error");
  document.activeElement?.blur?.();
  swapAll(responseText);
  return form.querySelector("[autofocus]")?.focus();
}

function send(form, tell) {
  const asked = new XMLHttpRequest();
  asked.open("POST", form.action);
  asked.setRequestHeader("HX-Request", "true");
  asked.upload.addEventListener("progress", ({ loaded, total }) => tell(total ? loaded / total : 0));
  return new Promise((done, failed) => {
    asked.addEventListener("load", () => done(asked));
    asked.addEventListener("error", failed);
    asked.addEventListener("abort", failed);
    asked.send(new FormData(form));
  });
}
