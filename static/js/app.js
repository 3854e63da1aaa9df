/* Behaviour of every page. One custom element a file; each starts and stops itself when parts of
   the page are replaced. Everything works without scripts first. */

import "./once.js";
import "./toast.js";
import "./buttons.js";
import "./dialogs.js";
import "./late-modules.js";
import "./late-dialog.js";
import "./card-menu.js";
import "./key-map.js";
import "./undo-keys.js";
import "./palette.js";
import "./prompt-field.js";
import "./prompt-quick.js";
import "./seconds-step.js";
import "./number-slide.js";
import "./goto.js";
import "./gate-said.js";
import "./auto-save.js";
import "./part-forms.js";
import "./shot-timeline.js";
import "./views-switch.js";
import "./same-field.js";
import "./card-drag.js";
import "./shot-preview.js";
import "./shot-picture.js";
import "./picture-fit.js";
import "./time-so-far.js";
import "./show-password.js";
import "./live-pulse.js";
import "./here-now.js";
import "./poster-play.js";
import "./filters.js";
import "./copy-link.js";
import "./copy-text.js";
