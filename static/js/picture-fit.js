/* <input type="file" data-choose="/teams/K/pictures/?to=/storyboards/K/first-frame/">

   A picture Kling would not take as it is (too long, too small, too large) is not sent to be
   refused: it opens in the picture dialog, to be cut or padded there. All others go their way. */

import { openLate } from "./late-dialog.js";
import { hand } from "./picture-hand.js";
import { misfit } from "./picture-rules.js";

const judged = new WeakSet();

// Before auto-save, which would send it.
document.addEventListener(
  "change",
  (event) => {
    const input = event.target;
    if (!input.matches?.("input[type=file][data-choose]") || !input.files.length || judged.delete(input)) return;
    event.stopImmediatePropagation();
    judge(input, input.files[0]);
  },
  true,
);

async function judge(input, file) {
  if (!(await misfit(file))) {
    judged.add(input);
    input.dispatchEvent(new Event("change", { bubbles: true }));
    return;
  }
  input.value = "";
  hand(file);
  openLate(`${input.dataset.choose}&tab=upload`, input);
}
