/* One recording from the microphone:
     const microphone = await Microphone.open();                  asks the person; may be refused
     const { blob, seconds } = await microphone.record(each);     until stop(), or until it goes away
   `each(seconds, level)` is called ten times a second, level from 0 to 1. */

const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const EACH = 100;
const BITS = 128000;

/** Whether this browser can, at this address. */
export function canRecord() {
  return Boolean(navigator.mediaDevices?.getUserMedia) && "MediaRecorder" in window;
}

export class Microphone {
  #stream;
  #recorder;
  #context = new AudioContext();
  #source = null; // what nobody holds is thrown away, and with it the level
  #timer = 0;

  static async open() {
    const audio = { channelCount: 1, echoCancellation: false, noiseSuppression: false };
    return new Microphone(await navigator.mediaDevices.getUserMedia({ audio }));
  }

  constructor(stream) {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    this.#stream = stream;
    this.#recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS });
  }

  record(each) {
    const chunks = [];
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    const level = this.#levels();
    this.#timer = setInterval(() => each(seconds(), level()), EACH);
    return new Promise((done) => {
      this.#recorder.addEventListener("dataavailable", ({ data }) => chunks.push(data));
      this.#recorder.addEventListener("stop", () => {
        const told = { blob: new Blob(chunks, { type: this.#recorder.mimeType }), seconds: seconds() };
        this.close();
        done(told);
      });
      this.#recorder.start();
    });
  }

  /** Also what happens by itself when the microphone is pulled out. */
  stop() {
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
  }

  close() {
    clearInterval(this.#timer);
    this.stop();
    for (const track of this.#stream.getTracks()) track.stop();
    if (this.#context.state !== "closed") this.#context.close();
  }

  #levels() {
    const listener = this.#context.createAnalyser();
    listener.fftSize = 4096; // most of the time between two looks
    this.#source = this.#context.createMediaStreamSource(this.#stream);
    this.#source.connect(listener);
    this.#context.resume();
    const samples = new Float32Array(listener.fftSize);
    return () => {
      listener.getFloatTimeDomainData(samples);
      return samples.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
    };
  }
}
