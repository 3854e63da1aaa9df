/* The buttons under a take, used by take-player.js; fills its <div class="tr" hidden></div>, around
   what else stands there. */

import { changeIcon, icon, say } from "./words.js";
import { timecode } from "./timecode.js";

const SPEEDS = [1, 2, 0.25, 0.5];

export class Deck {
  constructor(player, signal) {
    this.player = player;
    this.film = player.film;
    this.bar = player.querySelector(".tr");
    this.bar.hidden = false;
    for (const old of this.bar.querySelectorAll(":scope > [data-deck]")) old.remove();
    const parts = this.#parts(signal);
    for (const part of parts) part.dataset.deck = "";
    this.bar.prepend(...parts.slice(0, -1));
    this.bar.append(parts.at(-1));
    document.addEventListener("fullscreenchange", () => this.draw(), { signal });
    this.draw();
  }

  /** Follow what the film does. */
  draw() {
    const { paused, muted, playbackRate } = this.film;
    const { first, last, isLooping } = this.player.inOut;
    changeIcon(this.play, paused ? "play" : "pause");
    name(this.play, say(paused ? "play" : "pause"));
    changeIcon(this.sound, muted ? "mute" : "vol");
    name(this.sound, say(muted ? "unmute" : "mute"));
    this.speed.textContent = `${playbackRate}×`;
    name(this.speed, say("speedOf", { n: playbackRate }));
    name(this.full, say(document.fullscreenElement ? "notFull" : "full"));
    this.loop.setAttribute("aria-pressed", String(isLooping));
    this.begin.setAttribute("aria-pressed", String(first !== null));
    this.end.setAttribute("aria-pressed", String(last !== null));
  }

  /** Show a timecode. */
  show(words) {
    this.now.textContent = words;
  }

  #parts(signal) {
    const { player } = this;
    const button = (words, act, css, ...held) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = css;
      name(made, words);
      made.append(...held);
      made.addEventListener("click", act, { signal });
      return made;
    };
    const small = "btn ghost sm sq";
    this.play = button(say("play"), () => player.toggle(), "btn play", icon("play"));
    this.begin = button(say("rangeStart"), () => this.#turn("first", "begin"), `${small} range-end`, "I");
    this.end = button(say("rangeEnd"), () => this.#turn("last", "end"), `${small} range-end`, "O");
    this.speed = button(say("speed"), () => this.#nextSpeed(), "btn ghost sm speed");
    this.loop = button(say("loop"), () => player.inOut.toggleLoop(), `${small} loop`, icon("loop"));
    this.sound = button(say("mute"), () => this.#toggleSound(), small, icon("vol"));
    this.full = button(say("full"), () => this.#toggleFull(), "btn ghost sq full", icon("full"));
    return [
      button(say("backShot"), () => player.shotStep(-1), "btn ghost sq", icon("back")),
      this.play,
      button(say("nextShot"), () => player.shotStep(1), "btn ghost sq", icon("fwd")),
      this.#clock(),
      grow(),
      this.begin,
      this.end,
      this.speed,
      this.loop,
      this.sound,
      this.full,
    ];
  }

  #clock() {
    const { rate, frames } = this.player;
    const clock = document.createElement("span");
    clock.className = "tcbig";
    this.now = document.createTextNode("");
    const whole = document.createElement("span");
    whole.textContent = ` / ${timecode(frames.last + 1, rate)}`;
    clock.append(this.now, whole);
    return clock;
  }

  /** An end that stands elsewhere is moved here; one that stands here is given up with the range. */
  #turn(end, act) {
    const { inOut, frame } = this.player;
    if (inOut[end] === frame) inOut.clear();
    else inOut[act](frame);
  }

  #toggleSound() {
    this.film.muted = !this.film.muted;
  }

  #nextSpeed() {
    const at = SPEEDS.indexOf(this.film.playbackRate);
    this.film.playbackRate = SPEEDS[(at + 1) % SPEEDS.length];
  }

  /** The deck comes along. A phone that gives the whole screen to films alone shows its own. */
  #toggleFull() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.player.requestFullscreen) this.player.requestFullscreen().catch(() => {});
    else this.film.webkitEnterFullscreen?.();
  }
}

function name(button, words) {
  button.setAttribute("aria-label", words);
  button.title = words;
}

function grow() {
  const space = document.createElement("span");
  space.className = "grow";
  return space;
}
