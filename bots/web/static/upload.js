// Files go up by tus, in their order, and go on where they stood after a reload, a lost line or a new server.
"use strict";

(() => {
  const section = document.getElementById("upload");
  if (!section || !window.tus || !tus.isSupported) return;

  const words = JSON.parse(section.dataset.words);
  const endpoint = new URL(section.dataset.endpoint, location.href).href;
  const most = Number(section.dataset.most);
  const list = section.querySelector("ul");
  const status = section.querySelector("[role=status]");
  const REQUEST = 64 * 2 ** 20; // bytes of one request: some proxies let no more than 100 MB pass
  const AT_ONCE = 2; // files whose bytes are on their way; more share one line and end later
  const PAUSES = [0, 1, 2, 3, 5, 10, 15, ...Array(240).fill(30)].map((seconds) => seconds * 1000);
  const WINDOW = 20; // seconds over which the speed is measured
  const STILL = 3; // seconds without a byte that are no part of the speed
  const SOUND = /\.(wav|wave|aiff?|aifc|flac|mp3|m4a|mp4|aac|alac|ogg|oga|opus)$/i;
  const natural = new Intl.Collator(words.language, { numeric: true });
  const figure = new Intl.NumberFormat(words.language, { maximumFractionDigits: 1 });

  const transfers = [];
  let beginning = Promise.resolve(); // files are begun one after the other: so their order is kept

  const put = (sentence, parts) => sentence.replace(/\{(\w+)\}/g, (_, name) => parts[name]);
  const megabytes = (bytes) => figure.format(bytes / 1e6);
  const sized = (bytes) =>
    bytes < 1e5 ? `${Math.max(1, Math.round(bytes / 1e3))}\u00a0kB` : `${megabytes(bytes)}\u00a0MB`;
  /** A name as it is read: what turns the direction of writing is left out. */
  const legible = (name) => name.replace(/[\u202a-\u202e\u2066-\u2069]/g, "");

  function element(name, parent, properties = {}) {
    const made = Object.assign(document.createElement(name), properties);
    parent.append(made);
    return made;
  }

  function remaining(seconds) {
    if (!Number.isFinite(seconds)) return "";
    if (seconds < 60) return put(words.seconds, { seconds: Math.ceil(seconds) });
    const minutes = Math.ceil(seconds / 60);
    if (minutes < 60) return put(words.minutes, { minutes });
    return put(words.hours, { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  }

  /** How fast bytes have gone lately, in bytes a second. */
  class Speed {
    constructor() {
      this.marks = [];
    }

    note(sent) {
      const now = performance.now() / 1000;
      const last = this.marks[this.marks.length - 1];
      if (last && (now - last[0] > STILL || sent < last[1])) this.marks = []; // the line was away
      this.marks.push([now, sent]);
      while (this.marks.length > 2 && now - this.marks[0][0] > WINDOW) this.marks.shift();
    }

    get value() {
      if (this.marks.length < 2) return 0;
      const [first, last] = [this.marks[0], this.marks[this.marks.length - 1]];
      return Math.max(0, last[1] - first[1]) / Math.max(0.001, last[0] - first[0]);
    }
  }

  const speed = new Speed();

  /** By which the house knows a file before the first answer came back: however often it is begun, it is one. */
  const keys = new Map();

  function keyOf(name) {
    if (!keys.has(name)) {
      const bytes = crypto.getRandomValues(new Uint8Array(16));
      const fresh = Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
      keys.set(name, stored(() => localStorage.getItem(`key|${name}`)) || fresh);
    }
    stored(() => localStorage.setItem(`key|${name}`, keys.get(name)));
    return keys.get(name);
  }

  function forgetKey(name) {
    keys.delete(name);
    stored(() => localStorage.removeItem(`key|${name}`));
  }

  /** What the browser keeps, if it lets us. */
  function stored(deed) {
    try {
      return deed();
    } catch {
      return null;
    }
  }

  /** Where a file goes on after a reload: its id alone is kept, for the address before it opens the page. */
  const resumable = {
    findAllUploads: async () => [],
    findUploadsByFingerprint: async (name) => {
      const urlStorageKey = `upload|${name}`;
      const id = stored(() => localStorage.getItem(urlStorageKey));
      return id ? [{ uploadUrl: `${endpoint}/${id}`, urlStorageKey }] : [];
    },
    removeUpload: async (key) => stored(() => localStorage.removeItem(key)),
    addUpload: async (name, upload) => {
      stored(() => localStorage.setItem(`upload|${name}`, idOf(upload.uploadUrl)));
      return `upload|${name}`;
    },
  };

  const idOf = (url) => url.split("/").pop();

  /** One file on its way: `state` is waiting, going, arrived, removed or failed. */
  class Transfer {
    constructor(file, path) {
      this.file = file;
      this.path = path;
      this.state = "waiting";
      this.sent = 0;
      this.base = null; // bytes that were there when this page began to send
      this.speed = new Speed();
      this.draw();
    }

    draw() {
      this.row = element("li", list);
      const name = legible(this.path);
      element("strong", this.row, { textContent: name });
      this.bar = element("progress", this.row, { max: this.file.size, value: 0, ariaLabel: name });
      this.told = element("span", this.row, { textContent: words.waits });
      this.button = element("button", this.row, { type: "button", textContent: words.remove });
      this.button.setAttribute("aria-label", `${words.remove}: ${name}`);
      this.button.addEventListener("click", () => this.remove());
    }

    /** Begin it, or find where it stood; resolves when the house expects it. */
    async begin() {
      if (this.state !== "waiting") return;
      if (this.file.size > most) {
        this.fail(words.large);
        return;
      }
      this.name = ["lathe", section.dataset.order, this.path, this.file.size, this.file.lastModified].join("|");
      this.upload = new tus.Upload(this.file, {
        endpoint,
        metadata: { filename: this.path, filetype: this.file.type, key: keyOf(this.name) },
        chunkSize: REQUEST,
        retryDelays: PAUSES,
        removeFingerprintOnSuccess: true,
        fingerprint: async () => this.name,
        urlStorage: resumable,
        onShouldRetry: (error) => this.again(error),
        onProgress: (sent) => this.moved(sent),
        onSuccess: () => this.arrive(),
        onError: (error) => this.broken(error),
        onUploadUrlAvailable: () => this.expected(),
      });
      const [known] = await this.upload.findPreviousUploads();
      const id = known && idOf(known.uploadUrl);
      if (id) {
        this.upload.resumeFromPreviousUpload(known);
        this.upload.options.endpoint = null;
      }
      await this.dropOthers(id);
      if (id) return;
      await new Promise((resolve) => {
        this.ready = resolve;
        this.upload.start();
      });
    }

    /** A file of this name that stood half here, and is another one, makes way. */
    async dropOthers(id) {
      const name = this.path.split("/").pop();
      const rows = [...list.querySelectorAll("[data-upload]")];
      const mine = rows.find((row) => row.dataset.upload === id);
      const other = id ? mine : rows.find((row) => row.dataset.name === name);
      if (!other) return;
      other.remove();
      if (!mine) await terminate(other.dataset.upload);
    }

    /** The house has a place for it. From here on a server that is away never makes it begin anew. */
    expected() {
      this.known = true;
      this.upload.options.endpoint = null;
      if (this.state === "removed") {
        this.upload.abort();
        terminate(idOf(this.upload.url));
        return;
      }
      if (!this.ready) return;
      this.upload.abort(); // until it is its turn
      setTimeout(this.ready); // once it has seen that
      this.ready = null;
    }

    go() {
      this.state = "going";
      this.upload.start();
    }

    moved(sent) {
      this.base ??= sent;
      this.sent = sent;
      this.bar.value = sent;
      this.speed.note(sent);
      const left = remaining((this.file.size - sent) / this.speed.value);
      const small = this.file.size < 1e5; // it is there at once
      const done = small
        ? sized(this.file.size)
        : put(words.of, { done: megabytes(sent), size: sized(this.file.size) });
      this.told.textContent = left ? `${done}, ${left}` : done;
      summed();
    }

    /** Whether another try may help: whatever the line or a server that restarts does. */
    again(error) {
      const code = error.originalResponse ? error.originalResponse.getStatus() : 0;
      const elsewhere = code === 409 && Boolean(this.upload.url); // it goes on where the house says
      const later = code === 0 || (code >= 500 && code !== 507) || [408, 423, 429].includes(code) || elsewhere;
      if (later && this.state !== "removed") this.told.textContent = words.again;
      return later;
    }

    broken(error) {
      const answer = error.originalResponse;
      const lost = answer && [404, 410].includes(answer.getStatus()) && answer.getHeader("Tus-Resumable");
      if (lost) forgetKey(this.name);
      if (lost && this.known) {
        this.fail(words.removed); // it was taken out of the order elsewhere
        return;
      }
      if (lost && !this.anew && this.state !== "removed") {
        // It was given up before this page knew of it: the whole file goes again.
        this.anew = true;
        this.state = "waiting";
        if (this.ready) this.ready();
        this.ready = null;
        beginning = beginning.then(() => this.begin()).then(next);
        return;
      }
      const told = answer && answer.getStatus() !== 404 && answer.getBody();
      this.fail(told ? told.trim() : words.failed);
    }

    arrive() {
      this.state = "arrived";
      forgetKey(this.name);
      this.sent = this.file.size;
      this.bar.value = this.file.size;
      this.told.textContent = `${sized(this.file.size)}, ${words.arrived}`;
      this.button.remove();
      this.showDigest();
      ended();
    }

    /** The SHA-256 of what the house has, to compare, as soon as it has put the file together. */
    async showDigest() {
      for (let looks = 0; looks < 40; looks += 1) {
        await new Promise((resolve) => setTimeout(resolve, 1500));
        const answer = await head(this.upload.url).catch(() => null);
        const told = answer && /sha-256=:(.+?):/.exec(answer.headers.get("Repr-Digest") || "");
        if (!told) continue;
        const bytes = Array.from(atob(told[1]), (one) => one.charCodeAt(0).toString(16).padStart(2, "0"));
        element("code", this.row, { textContent: `SHA-256 ${bytes.join("")}` });
        return;
      }
    }

    fail(why) {
      if (this.state === "removed") return;
      this.state = "failed";
      this.told.textContent = why;
      this.row.classList.add("failed");
      if (this.ready) this.ready();
      ended();
    }

    async remove() {
      this.state = "removed";
      this.told.textContent = words.removed;
      this.button.disabled = true;
      if (this.ready) this.ready();
      const url = this.upload && this.upload.url;
      if (this.name) forgetKey(this.name);
      if (url) await this.upload.abort(); // else it is taken back once the house has answered
      if (url) await terminate(idOf(url));
      this.row.remove();
      ended();
    }
  }

  const TUS = { "Tus-Resumable": "1.0.0" };
  const head = (url) => fetch(url, { method: "HEAD", headers: TUS });

  async function terminate(id) {
    await fetch(`${endpoint}/${id}`, { method: "DELETE", headers: TUS }).catch(() => null);
  }

  /** Let as many go as may at once, in their order. */
  function next() {
    const going = transfers.filter((one) => one.state === "going").length;
    const ready = transfers.filter((one) => one.state === "waiting" && one.upload && one.upload.url);
    for (const transfer of ready.slice(0, Math.max(0, AT_ONCE - going))) transfer.go();
  }

  function ended() {
    next();
    summed();
    const known = transfers.filter((one) => one.state !== "removed");
    if (!known.some((one) => one.state === "arrived")) return;
    if (known.some((one) => ["waiting", "going"].includes(one.state))) return;
    if (known.some((one) => one.state === "failed")) {
      status.textContent = words.rest; // and why the others are not here stays until it is removed
      return;
    }
    status.textContent = words.done;
    const drawnAnew = document.querySelector("#status[data-at-work]"); // by page.js
    if (!drawnAnew) setTimeout(() => location.reload(), 3000);
  }

  const aloud = element("p", section, { className: "aloud", ariaLive: "polite" });
  const overall = element("p", section, { className: "overall", hidden: true });
  const bar = element("progress", overall, { max: 1, value: 0 });
  const figures = element("span", overall);
  let share = -1;

  function summed() {
    const counted = transfers.filter((one) => !["removed", "failed"].includes(one.state));
    const size = counted.reduce((sum, one) => sum + one.file.size, 0);
    const sent = counted.reduce((sum, one) => sum + one.sent, 0);
    speed.note(counted.reduce((sum, one) => sum + one.sent - (one.base ?? one.sent), 0));
    overall.hidden = counted.length < 2 || sent === size;
    bar.value = size ? sent / size : 0;
    const told = put(words.inall, { share: size ? Math.floor((100 * sent) / size) : 0 });
    const left = sent < size ? remaining((size - sent) / speed.value) : "";
    figures.textContent = left ? `${told}, ${left}` : told;
    bar.ariaLabel = told;
    const tenth = size ? Math.floor((10 * sent) / size) : 0;
    if (sent < size && tenth !== share) {
      share = tenth; // read out now and then, not at each byte
      aloud.textContent = told;
    }
    if (sent === size) aloud.textContent = "";
  }

  /** All files below what was dropped, each with its path. */
  async function walked(entry) {
    if (entry.isFile) {
      const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
      return [{ file, path: entry.fullPath.replace(/^\//, "") }];
    }
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!some.length) break;
      for (const one of some) found.push(...(await walked(one)));
    }
    return found;
  }

  /** Take files: those of folders only if they sound like sound. */
  function take(found) {
    const kept = found.filter(({ file, path }) => !path.includes("/") || SOUND.test(file.name));
    const left = found.filter((one) => !kept.includes(one) && !one.file.name.startsWith("."));
    kept.sort((one, other) => natural.compare(one.path, other.path));
    status.textContent = left.length ? put(words.left, { files: left.map((one) => one.path).join(", ") }) : "";
    for (const { file, path } of kept) {
      const transfer = new Transfer(file, path);
      transfers.push(transfer);
      beginning = beginning
        .then(() => transfer.begin())
        .catch(() => transfer.fail(words.failed))
        .then(next);
    }
    summed();
  }

  const chosen = (files) => take([...files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));

  function chooser(label, folder) {
    const input = element("input", zone, { type: "file", multiple: true, className: "hidden" });
    input.webkitdirectory = folder;
    input.tabIndex = -1;
    input.setAttribute("aria-hidden", "true");
    const button = element("button", zone, { type: "button", textContent: label });
    button.addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      chosen(input.files);
      input.value = "";
    });
  }

  const zone = document.createElement("div");
  zone.className = "zone";
  element("p", zone, { textContent: words.drop });
  chooser(words.files, false);
  if ("webkitdirectory" in HTMLInputElement.prototype) chooser(words.folder, true);
  section.querySelector("form").replaceWith(zone);

  for (const row of list.querySelectorAll("[data-upload]")) {
    const button = element("button", row, { type: "button", textContent: words.remove });
    button.setAttribute("aria-label", `${words.remove}: ${row.dataset.name}`);
    button.addEventListener("click", async () => {
      button.disabled = true;
      await terminate(row.dataset.upload);
      row.remove();
    });
  }

  let depth = 0; // of elements that files are dragged over, one inside the other
  const light = (step) => {
    depth = Math.max(0, depth + step);
    zone.classList.toggle("over", depth > 0);
  };
  /** What is dragged beside files, such as words into a field, is not ours. */
  const onFiles = (kind, handler) =>
    document.addEventListener(kind, (event) => {
      if (event.dataTransfer && [...event.dataTransfer.types].includes("Files")) handler(event);
    });
  onFiles("dragenter", () => light(1));
  onFiles("dragleave", () => light(-1));
  onFiles("dragover", (event) => event.preventDefault());
  onFiles("drop", async (event) => {
    event.preventDefault();
    light(-depth);
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
    if (!entries.length) return chosen(event.dataTransfer.files);
    const found = [];
    for (const entry of entries) found.push(...(await walked(entry).catch(() => [])));
    return take(found);
  });

  window.addEventListener("online", next);
  window.addEventListener("beforeunload", (event) => {
    if (transfers.some((one) => ["waiting", "going"].includes(one.state))) event.preventDefault();
  });
})();
