/* The review room: player, drawings, verdicts and thread, one late module for all that only this
   page needs. See docs/decisions/0014. */

import "./take-player.js";
import "./frame-drawings.js";
import "./drawn-note.js";
import "./draw-deck.js";
import "./shot-prompts.js";
import "./verdict-forms.js";
import "./note-list.js";
import "./room-news.js";
import "./note-stamp.js";
import "./note-forms.js";
import "./note-files.js";
import "./mention-picker.js";
