/* <a data-copy href="/projects/K/history/?before=419#activity-418">: puts the link's full address
   on the clipboard and says so; where that is not allowed the link is followed. */

import { toast } from "./toast.js";
import { say } from "./words.js";

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-copy]");
  if (!link || !navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  navigator.clipboard.writeText(link.href).then(
    () => toast(say("copied"), "success"),
    () => location.assign(link.href),
  );
});
