/* The stream of serials a page follows (storyboard/views/live.py).

   const stream = new LiveStream("/live/projects/K/", {
     rang(serial) {},   an event or a beat said where the stream is
     opened() {},       it runs: polling may rest
     lost() {},         it does not run any more: poll
     gone() {},         the server says that the viewer may not follow
   });
   stream.open(); stream.close(); stream.wake(); stream.renew();

   A browser allows six connections to a host, so its windows share four streams: each takes one
   of four names, and a window that gets none polls. Where streams cannot be had (blocked, no
   event loop on the server, too many), it is tried again after 30 s, then 1 and 2 minutes; one
   that ran and broke is tried sooner first. EventSource does not notice a dead connection, as
   after a laptop's sleep: a stream whose beats stay away is opened anew. */

const NAMES = ["live-1", "live-2", "live-3", "live-4"];
const PAUSES = [1000, 4000, 30000, 60000, 120000];
const NEVER_RAN = 2; // the first pause of a stream that never ran
const SILENT = 40000; // two beats of 15 s have been missed
const LATE = 20000; // one has
const LOOK = 5000;

export class LiveStream {
  #address;
  #page;
  #source = null;
  #release = null;
  #isWanted = false;
  #isTaking = false;
  #isOpen = false;
  #failures = NEVER_RAN;
  #heardAt = 0;
  #again = 0;
  #look = 0;

  constructor(address, page) {
    this.#address = address;
    this.#page = page;
  }

  get isOpen() {
    return this.#isOpen;
  }

  async open() {
    this.#isWanted = Boolean(this.#address) && "EventSource" in window;
    clearTimeout(this.#again);
    if (!this.#isWanted || this.#source || this.#isTaking) return;
    this.#isTaking = true;
    const isMine = await this.#takeName();
    this.#isTaking = false;
    if (!this.#isWanted) return this.#giveName();
    if (isMine) this.#connect();
    else this.#later(PAUSES[NEVER_RAN]);
  }

  close() {
    this.#isWanted = false;
    clearTimeout(this.#again);
    this.#drop();
  }

  /** The page is looked at again: a stream that waits or is late is opened at once. */
  wake() {
    if (this.#isOpen && Date.now() - this.#heardAt < LATE) return;
    this.renew();
  }

  /** Whatever there was, begin anew. */
  renew() {
    this.#drop();
    this.#failures = NEVER_RAN;
    this.open();
  }

  #connect() {
    this.#source = new EventSource(this.#address);
    this.#source.addEventListener("message", (event) => this.#heard(event));
    this.#source.addEventListener("beat", (event) => this.#heard(event));
    this.#source.addEventListener("error", () => this.#lost());
    this.#source.addEventListener("gone", () => {
      this.#lost();
      this.#page.gone();
    });
    this.#heardAt = Date.now();
    this.#look = setInterval(() => this.#listen(), LOOK);
  }

  #heard(event) {
    this.#heardAt = Date.now();
    if (!this.#isOpen) {
      this.#isOpen = true;
      this.#failures = 0;
      this.#page.opened();
    }
    this.#page.rang(Number.parseInt(event.data, 10) || 0);
  }

  /** By the clock on the wall: other clocks stand still while a laptop sleeps. */
  #listen() {
    if (Date.now() - this.#heardAt > SILENT) this.#lost();
  }

  #lost() {
    this.#drop();
    const pause = PAUSES[Math.min(this.#failures, PAUSES.length - 1)];
    this.#failures += 1;
    this.#later(pause * (1 + Math.random() / 2));
  }

  #later(pause) {
    clearTimeout(this.#again);
    if (this.#isWanted) this.#again = setTimeout(() => this.open(), pause);
  }

  #drop() {
    const ran = this.#isOpen;
    this.#source?.close();
    this.#source = null;
    this.#isOpen = false;
    clearInterval(this.#look);
    this.#giveName();
    if (ran) this.#page.lost();
  }

  async #takeName() {
    if (!navigator.locks) return false;
    for (const name of NAMES) {
      if (await this.#hold(name)) return true;
    }
    return false;
  }

  /** Whether the name was free; then it is held until #giveName. */
  #hold(name) {
    return new Promise((answer) => {
      const keep = (lock) => {
        answer(Boolean(lock));
        return lock ? new Promise((release) => (this.#release = release)) : undefined;
      };
      navigator.locks.request(name, { ifAvailable: true }, keep).catch(() => answer(false));
    });
  }

  #giveName() {
    this.#release?.();
    this.#release = null;
  }
}
