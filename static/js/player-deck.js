/* The buttons under a take, used by take-player.js; fills its <div class="tr" hidden></div>. */

import { changeIcon, icon, say } from "./words.js";
import { frameAt, timecode } from "./timecode.js";

const SPEEDS = [1, 2, 0.25, 0.5];

export class Deck {
  constructor(player, signal) {
    this.player = player;
    this.film = player.film;
    this.bar = player.querySelector(".tr");
    this.bar.hidden = false;
    this.bar.replaceChildren(...this.#parts(signal));
    this.draw();
  }

  /** Follow what the film does. */
  draw() {
    const { paused, muted, playbackRate } = this.film;
    changeIcon(this.play, paused ? "play" : "pause");
    this.play.setAttribute("aria-label", say(paused ? "play" : "pause"));
    changeIcon(this.sound, muted ? "mute" : "vol");
    this.sound.setAttribute("aria-label", say(muted ? "unmute" : "mute"));
    this.speed.textContent = `${playbackRate}×`;
  }

  /** Show a timecode. */
  show(words) {
    this.now.textContent = words;
  }

  #parts(signal) {
    const { player } = this;
    const button = (name, words, act, css = "btn ghost sq") => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = css;
      made.setAttribute("aria-label", words);
      made.append(icon(name));
      made.addEventListener("click", act, { signal });
      return made;
    };
    this.play = button("play", say("play"), () => player.toggle(), "btn play");
    this.sound = button("vol", say("mute"), () => this.#toggleSound(), "btn ghost sm sq");
    this.speed = button("play", say("speed"), () => this.#nextSpeed(), "btn ghost sm speed");
    return [
      button("back", say("backShot"), () => player.shotStep(-1)),
      this.play,
      button("fwd", say("nextShot"), () => player.shotStep(1)),
      this.#clock(),
      grow(),
      this.speed,
      this.sound,
      button("full", say("full"), () => this.#full()),
    ];
  }

  #clock() {
    const { rate, durationMs } = this.player;
    const clock = document.createElement("span");
    clock.className = "tcbig";
    this.now = document.createTextNode("");
    const whole = document.createElement("span");
    whole.textContent = ` / ${timecode(frameAt(durationMs, rate), rate)}`;
    clock.append(this.now, whole);
    return clock;
  }

  #toggleSound() {
    this.film.muted = !this.film.muted;
  }

  #nextSpeed() {
    const at = SPEEDS.indexOf(this.film.playbackRate);
    this.film.playbackRate = SPEEDS[(at + 1) % SPEEDS.length];
  }

  #full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.film.parentElement.requestFullscreen().catch(() => {});
  }
}

function grow() {
  const space = document.createElement("span");
  space.className = "grow";
  return space;
}
