// Sends a file with the vendored tus-js-client under Node, which has no XMLHttpRequest: it is given a way to ask.
// node tus_client.js CLIENT ENDPOINT FILE STORAGE; each line of its output is how many bytes the client has sent.
"use strict";

const fs = require("node:fs");
const http = require("node:http");

const [client, endpoint, path, storage] = process.argv.slice(2);
const tus = require(client);
const SLICE = 1 << 18; // bytes that are written at a time
const PAUSE = 15; // milliseconds after each: so that the line is slow enough to be cut

class Request {
  constructor(method, url) {
    Object.assign(this, { method, url, headers: {}, moved: () => {} });
  }

  getMethod = () => this.method;
  getURL = () => this.url;
  setHeader = (name, value) => { this.headers[name] = value; };
  getHeader = (name) => this.headers[name];
  setProgressHandler = (handler) => { this.moved = handler; };
  getUnderlyingObject = () => this.request;
  abort = async () => { this.request?.destroy(); };

  async send(body) {
    const bytes = body ? Buffer.from(await body.arrayBuffer()) : Buffer.alloc(0);
    const headers = { ...this.headers, "Content-Length": bytes.length };
    const answered = new Promise((resolve, reject) => {
      this.request = http.request(this.url, { method: this.method, headers, agent: false });
      this.request.on("error", reject);
      this.request.on("response", (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => resolve({
          getStatus: () => response.statusCode,
          getHeader: (name) => response.headers[name.toLowerCase()],
          getBody: () => Buffer.concat(chunks).toString(),
          getUnderlyingObject: () => response,
        }));
      });
    });
    answered.catch(() => {});
    for (let at = 0; at < bytes.length && !this.request.destroyed; at += SLICE) {
      const more = this.request.write(bytes.subarray(at, at + SLICE));
      this.moved(Math.min(bytes.length, at + SLICE));
      if (!more) {
        await Promise.race([new Promise((go) => this.request.once("drain", go)), answered.catch(() => {})]);
      }
      await new Promise((go) => setTimeout(go, PAUSE));
    }
    this.request.end();
    return answered;
  }
}

// What localStorage is to a browser: it outlives this process. As on the page, only the id of a file is kept.
const known = () => (fs.existsSync(storage) ? JSON.parse(fs.readFileSync(storage, "utf8")) : {});
const keep = (all) => fs.writeFileSync(storage, JSON.stringify(all));
const urlStorage = {
  findAllUploads: async () => [],
  findUploadsByFingerprint: async (name) => {
    const id = known()[name];
    return id ? [{ uploadUrl: `${endpoint}/${id}`, urlStorageKey: name }] : [];
  },
  removeUpload: async (key) => { const { [key]: _, ...rest } = known(); keep(rest); },
  addUpload: async (name, upload) => {
    keep({ ...known(), [name]: upload.uploadUrl.split("/").pop() });
    return name;
  },
};

async function main() {
  const file = await fs.openAsBlob(path);
  const upload = new tus.Upload(file, {
    endpoint,
    urlStorage,
    httpStack: { createRequest: (method, url) => new Request(method, url), getName: () => "node" },
    fingerprint: async () => `${path}-${file.size}`,
    metadata: { filename: "Long Player.wav", filetype: "audio/wav" },
    chunkSize: 20_000_000, // so that there is more than one request in any case
    retryDelays: Array(400).fill(100),
    // A server that is away answers 503, or nothing; the client alone would then begin the file anew.
    onUploadUrlAvailable: () => { upload.options.endpoint = null; },
    onProgress: (sent) => console.log(sent),
    onError: (error) => { console.error(String(error)); process.exit(1); },
    onSuccess: () => { console.log("whole", upload.url); process.exit(0); },
  });
  const [before] = await upload.findPreviousUploads();
  if (before) upload.resumeFromPreviousUpload(before);
  upload.start();
}

main();
