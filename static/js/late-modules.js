/* <section data-module="{% static "js/camera-dialog.js" %}">…</section>

   Behaviour that this part of the page alone needs: its module (one of js/late.txt) is fetched
   when the part arrives, with the page or in an answer, and once. The part works without it
   first, as without scripts. */

import { toast } from "./toast.js";
import { say } from "./words.js";

const asked = new Map();
let again = 0;

/** Fetch the modules of all parts in `root`; fails where one does not come. */
export function fetchModules(root) {
  return Promise.all([...root.querySelectorAll("[data-module]")].map((part) => fetchModule(part.dataset.module)));
}

function fetchModule(address) {
  if (!asked.has(address)) asked.set(address, fetched(address));
  return asked.get(address);
}

/** What failed once is remembered by browsers under its address. */
async function fetched(address) {
  const fresh = again ? `${address}?again=${again}` : address;
  try {
    return await import(fresh);
  } catch (failure) {
    asked.delete(address);
    again += 1;
    throw failure;
  }
}

function arrive({ target }) {
  fetchModules(target.parentElement ?? document).catch(() => toast(say("network"), "error"));
}

document.addEventListener("swapped", arrive);
document.addEventListener("htmx:afterSettle", arrive);
arrive({ target: document });
