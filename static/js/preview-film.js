/* The film of a preview, over the board: one a page, made when it is first played.

   film.toggle(href, "K1=3 K2=2")   play or pause; the bounds say which shot lasts how long
   film.isPlaying, film.timecode    for the button in the dock; each change is the event `preview`

   The timeline's play head follows, and the card of the shot being played is aria-current. On a
   phone it is a dialog. Esc and its button close it. */

import { frameAt, timecode } from "./timecode.js";
import { isCovered, isTyping } from "./typing.js";
import { icon, say } from "./words.js";

const RATE = 24; // media/animatic.py
const PHONE = "(max-width: 560px)";

class PreviewFilm {
  #box = null;
  #video = null;
  #shots = [];
  #marked = null;

  get isPlaying() {
    return this.#video !== null && !this.#video.paused;
  }

  get timecode() {
    return timecode(frameAt((this.#video?.currentTime ?? 0) * 1000, RATE), RATE);
  }

  toggle(href, bounds) {
    if (!this.#box?.isConnected) this.#make();
    if (this.#video.src !== href) {
      this.#video.src = href;
      this.#shots = read(bounds);
    }
    this.#open();
    if (this.#video.paused) this.#video.play().catch(() => {});
    else this.#video.pause();
  }

  #make() {
    this.#box = document.createElement("dialog");
    this.#box.className = "preview-film";
    this.#box.popover = "manual";
    this.#box.setAttribute("aria-label", say("preview"));
    this.#video = document.createElement("video");
    Object.assign(this.#video, { controls: true, playsInline: true, muted: true });
    const close = document.createElement("button");
    close.className = "btn ghost sq sm";
    close.setAttribute("aria-label", say("closePreview"));
    close.append(icon("x"));
    close.addEventListener("click", () => this.#close());
    const head = document.createElement("header");
    const title = document.createElement("span");
    title.className = "grow";
    title.textContent = say("preview");
    head.append(title, close);
    this.#box.append(head, this.#video);
    document.getElementById("main").append(this.#box);
    this.#listen();
  }

  #listen() {
    for (const name of ["play", "pause", "seeked", "ended"]) this.#video.addEventListener(name, () => this.#tell());
    this.#video.addEventListener("play", () => requestAnimationFrame(() => this.#follow()));
    this.#video.addEventListener("error", () => this.#cannot());
    this.#box.addEventListener("cancel", () => this.#close());
    document.addEventListener("keydown", (event) => {
      const isOurs = event.key === "Escape" && !isTyping(event.target) && !isCovered();
      if (isOurs && this.#box.matches(":popover-open")) this.#close();
    });
    window.addEventListener("resize", () => this.#place());
  }

  #open() {
    if (this.#box.open || this.#box.matches(":popover-open")) return;
    if (matchMedia(PHONE).matches) this.#box.showModal();
    else this.#box.showPopover();
    this.#place();
  }

  /** Above the dock, where its button is. */
  #place() {
    const dock = document.getElementById("timeline")?.getBoundingClientRect();
    if (!dock || this.#box.open) return;
    this.#box.style.setProperty("--left", `${dock.left}px`);
    this.#box.style.setProperty("--below", `${Math.max(0, innerHeight - dock.top)}px`);
  }

  #close() {
    this.#video.pause();
    this.#video.currentTime = 0;
    if (this.#box.open) this.#box.close();
    else this.#box.hidePopover();
    this.#tell();
    document.getElementById("preview-play")?.focus();
  }

  #follow() {
    this.#tell();
    if (this.isPlaying) requestAnimationFrame(() => this.#follow());
  }

  #tell() {
    const isShown = this.#box.open || this.#box.matches(":popover-open");
    document.querySelector("shot-timeline")?.showAt?.(isShown ? this.#video.currentTime : null);
    this.#mark(isShown ? this.#shotNow() : null);
    document.dispatchEvent(new CustomEvent("preview"));
  }

  #shotNow() {
    const shot = this.#shots.find(({ end }) => this.#video.currentTime < end) ?? this.#shots.at(-1);
    return shot ? document.getElementById(`shot-${shot.key}`) : null;
  }

  #mark(card) {
    if (this.#marked !== card) this.#marked?.removeAttribute("aria-current");
    card?.setAttribute("aria-current", "true");
    this.#marked = card;
  }

  #cannot() {
    if (this.#video.error) this.#box.dataset.words = say("cannotPreview");
  }
}

/** Each shot with the second it ends at. */
function read(bounds) {
  let end = 0;
  return bounds.split(" ").map((shot) => {
    const at = shot.lastIndexOf("=");
    end += Number(shot.slice(at + 1));
    return { key: shot.slice(0, at), end };
  });
}

export const film = new PreviewFilm();
