// Creates, polls and downloads with the published npm package kling-api 1.0.0, unmodified.
// By hand, see README.md beside this file:
//   node by_hand_kling_api.mjs http://127.0.0.1:PORT ACCESS_KEY SECRET_KEY
// The package takes only https addresses and downloads only from public hosts, so the address is
// set on the HTTP client it lays open for tests, and the film is fetched with that same client.
import { writeFileSync } from "node:fs";
import { KlingAPI } from "kling-api";

const [address, accessKey, secretKey] = process.argv.slice(2);
const kling = new KlingAPI({ accessKey, secretKey });
kling.client.defaults.baseURL = address;

const text = await kling.textToVideo({
  prompt: "A boat at dusk",
  model_name: "kling-v2-6",
  mode: "pro",
  sound: "on",
  duration: "5",
  aspect_ratio: "9:16",
});
const finished = await kling.waitForVideoResult(text.data.task_id, undefined, {
  interval: 500,
  showSpinner: false,
});
const [video] = finished.data.task_result.videos;
const film = await kling.client.get(video.url, { responseType: "arraybuffer" });
const target = `${finished.data.task_id}.mp4`;
writeFileSync(target, Buffer.from(film.data));
console.log(finished.data.task_status, video.duration, target, film.data.length, "bytes");

const now = Date.now();
const costs = await kling.getAccountInfo(now - 3600000, now);
console.log("packs:", costs.data.resource_pack_subscribe_infos.length);

const refused = await kling.textToVideo({ prompt: "[refuse]", model_name: "kling-v2-6" }).catch(
  (error) => error,
);
console.log("refused:", refused.code, refused.message);
