/* <a href="/storyboards/…/camera/" data-late-dialog id="tile-camera-open">…</a>

   A link to a page of its own, opened in the one dialog of the page (#late-dialog): its body is
   what that address answers to HX-Request. The body may link a sheet of css/late/ and name a
   module (data-module); it is shown when both are there. While it opens, and where it cannot, the
   dialog says so. Unsent words of the page are saved first.

   A form in the body is sent in the background. An answer whose top element is [data-late-body]
   takes the body's place; any other is placed in the page by swap.js, and the dialog closes, or
   where the form says data-reopen asks for its body again.

   `late-leave` is fired at the body's top element before it is closed by the person; whoever holds
   unsaved work may prevent it. `late-saved` is fired there before it closes because it was saved. */

import { fetchModules } from "./late-modules.js";
import { fetchSheets } from "./late-sheets.js";
import { flush } from "./seconds-save.js";
import { parse, swapAll } from "./swap.js";
import { say } from "./words.js";
import { toast } from "./toast.js";

const HEADERS = { "HX-Request": "true" };
const LONGEST_MS = 30000;
let opener = null;
let turn = 0;

const dialogOf = () => document.getElementById("late-dialog");
const bodyOf = (dialog) => dialog.querySelector(".late-body");

/** Open the dialog with what `address` answers; `from` gets the focus back by its id. */
export async function openLate(address, from = null) {
  const dialog = dialogOf();
  opener = { address, id: from?.id ?? "" };
  const mine = (turn += 1);
  show(dialog, "opening");
  if (!dialog.open) dialog.showModal();
  try {
    await Promise.all([flush(), ...[...document.querySelectorAll("auto-save")].map((each) => each.save())]);
    const response = await fetch(address, { headers: HEADERS, signal: AbortSignal.timeout(LONGEST_MS) });
    if (mine !== turn) return;
    if (!response.ok || response.redirected) return show(dialog, refusalOf(response));
    const fresh = parse(await response.text());
    await put(dialog, fresh, mine);
  } catch {
    if (mine === turn) show(dialog, "away");
  }
}

function refusalOf(response) {
  if (response.redirected || response.status === 401) return "signed-out";
  return [403, 404, 410].includes(response.status) ? "denied" : "away";
}

/** What is shown is "body" or one of the states the page has words for. */
function show(dialog, state) {
  dialog.dataset.state = state;
  dialog.toggleAttribute("aria-busy", state === "opening");
  for (const each of dialog.querySelectorAll(":scope > [data-when]")) each.hidden = each.dataset.when !== state;
  const body = bodyOf(dialog);
  body.hidden = state !== "body";
  if (state !== "body") body.replaceChildren();
  else (body.querySelector("[autofocus]") ?? body.querySelector("h2"))?.focus();
}

async function put(dialog, fresh, mine) {
  const box = document.createElement("div");
  box.append(...fresh);
  await Promise.all([fetchSheets(box), fetchModules(box)]);
  if (mine !== turn) return;
  bodyOf(dialog).replaceChildren(...box.childNodes);
  window.htmx?.process(bodyOf(dialog));
  show(dialog, "body");
}

async function send(dialog, form, submitter) {
  const mine = turn;
  const body = new FormData(form, submitter);
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action");
  const headers = {
    ...HEADERS,
    "HX-Current-URL": location.href, // the page below may stand at a filter of its own
    "X-CSRFToken": body.get("csrfmiddlewaretoken") ?? "",
  };
  dialog.setAttribute("aria-busy", "");
  try {
    const response = await fetch(action, { method: "POST", body, headers, signal: AbortSignal.timeout(LONGEST_MS) });
    if (mine === turn) await answered(dialog, response, form);
  } catch {
    toast(say("network"), "error");
  }
  dialog.removeAttribute("aria-busy");
}

async function answered(dialog, response, form) {
  const drawn = response.ok || [409, 422].includes(response.status);
  if (!drawn || response.redirected) {
    // What was made here stays on the screen until it is saved or left.
    return toast(say({ denied: "gone", "signed-out": "signedOut" }[refusalOf(response)] ?? "refused"), "error");
  }
  if (response.ok) document.dispatchEvent(new CustomEvent("saved"));
  const html = await response.text();
  const fresh = parse(html);
  if (fresh.some((each) => each.matches("[data-late-body]"))) return put(dialog, fresh, turn);
  if (response.ok) dialog.querySelector("[data-late-body]")?.dispatchEvent(new CustomEvent("late-saved"));
  swapAll(html);
  if (form.hasAttribute("data-reopen")) return reopen();
  close(dialog);
  return giveBack();
}

function close(dialog) {
  turn += 1;
  dialog.close();
  bodyOf(dialog).replaceChildren();
}

function leave(dialog) {
  const leaving = new CustomEvent("late-leave", { cancelable: true });
  if (dialog.querySelector("[data-late-body]")?.dispatchEvent(leaving) === false) return;
  close(dialog);
  giveBack();
}

function reopen() {
  return openLate(opener.address, document.getElementById(opener.id));
}

function giveBack() {
  document.getElementById(opener?.id ?? "")?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-late-dialog]");
  const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!link || modified || event.button || !dialogOf()) return;
  event.preventDefault();
  openLate(link.getAttribute("href") ?? link.dataset.lateDialog, link);
});

const dialog = dialogOf();
dialog?.addEventListener("cancel", (event) => {
  event.preventDefault();
  leave(dialog);
});
// Before the click reaches the page: dialogs.js would close without asking.
dialog?.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) leave(dialog);
  else if (event.target.closest("[data-again]")) reopen();
  else return;
  event.preventDefault();
  event.stopPropagation();
});
dialog?.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.matches("[data-parts]")) return;
  event.preventDefault();
  if (!dialog.hasAttribute("aria-busy")) send(dialog, event.target, event.submitter);
});
