/* Behaviour of every page. One custom element a file; each starts and stops itself when parts of
   the page are replaced. Everything works without scripts first. */

import "./toast.js";
import "./buttons.js";
import "./dialogs.js";
import "./key-map.js";
import "./prompt-field.js";
import "./seconds-step.js";
import "./auto-save.js";
import "./part-forms.js";
import "./shot-timeline.js";
import "./take-player.js";
import "./shot-prompts.js";
import "./time-so-far.js";
import "./show-password.js";
import "./live-pulse.js";
import "./here-now.js";
import "./poster-play.js";
import "./filters.js";
import "./copy-link.js";
