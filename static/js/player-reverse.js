/* Playing backwards, which browsers do not: it is stepped, as fast as frames come; used by
   take-player.js. */

const FASTEST = 4;

export class Reel {
  #turn = 0;
  speed = 0;

  constructor(player, signal) {
    this.player = player;
    signal.addEventListener("abort", () => this.stop());
  }

  /** Backwards; again is faster. */
  faster() {
    const speed = this.speed ? Math.min(FASTEST, this.speed * 2) : 1;
    this.stop();
    this.speed = speed;
    const from = { frame: this.player.frame, when: performance.now() };
    const step = (now) => {
      const gone = Math.floor(((now - from.when) / 1000) * speed * this.player.rate);
      const frame = Math.max(0, from.frame - gone);
      if (frame !== this.player.frame) this.player.frames.go(frame);
      if (frame === 0) return this.stop();
      this.#turn = requestAnimationFrame(step);
      return undefined;
    };
    this.#turn = requestAnimationFrame(step);
  }

  stop() {
    cancelAnimationFrame(this.#turn);
    this.speed = 0;
  }
}
