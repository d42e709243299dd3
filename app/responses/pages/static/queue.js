// Sheets that could not be sent: sealed, on this phone, until they have gone or three days are over.
// The page loads this file, and it is also the worker that sends while the page is closed.
"use strict";
const sheetQueue = (() => {
  const NAME = "sheets";
  const LONGEST_WAIT = 72 * 3600 * 1000;
  const isWorker = typeof document === "undefined";
  const source = isWorker ? "" : document.currentScript.src;
  const text = new TextEncoder();

  const settled = (request) => new Promise((done, fail) => {
    request.onsuccess = request.oncomplete = () => done(request.result);
    request.onerror = request.onabort = () => fail(request.error);
  });

  const alone = (work) => navigator.locks ? navigator.locks.request(NAME, work) : work();

  // Null where nothing waits: looking must not leave an empty database behind.
  const open = (isNew) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => isNew
      ? request.result.createObjectStore(NAME, {keyPath: "token"})
      : request.transaction.abort();
    return settled(request).catch((failure) => {
      if (isNew) throw failure;
      return null;
    });
  };

  const write = async (database, change) => {
    const transaction = database.transaction(NAME, "readwrite");
    change(transaction.objectStore(NAME));
    await settled(transaction);
  };

  const read = (database, question) =>
    settled(database.transaction(NAME).objectStore(NAME)[question]());

  const joined = (...arrays) => {
    const whole = new Uint8Array(arrays.reduce((size, part) => size + part.length, 0));
    arrays.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
    return whole;
  };

  // As app/privacy/transport.py opens it.
  const seal = async (key, token, sheet) => {
    const curve = {name: "ECDH", namedCurve: "P-256"};
    const wave = await crypto.subtle.importKey("raw", key, curve, false, []);
    const fresh = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
    const own = new Uint8Array(await crypto.subtle.exportKey("raw", fresh.publicKey));
    const shared = await crypto.subtle.deriveBits({name: "ECDH", public: wave}, fresh.privateKey, 256);
    const seed = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
    const hkdf = {name: "HKDF", hash: "SHA-256", salt: joined(own, key), info: text.encode("transport v1")};
    const cipher = await crypto.subtle.deriveKey(
      hkdf, seed, {name: "AES-GCM", length: 256}, false, ["encrypt"]);
    const plain = text.encode(sheet);
    const padded = joined(plain, new Uint8Array(2048 - plain.length % 2048));
    const way = {name: "AES-GCM", iv: new Uint8Array(12), additionalData: text.encode(token)};
    return joined(own, new Uint8Array(await crypto.subtle.encrypt(way, cipher, padded)));
  };

  // Whether the browser itself will send, with the page closed.
  const askBrowser = async () => {
    try {
      const policy = {createScriptURL: () => source};
      const trusted = self.trustedTypes ? trustedTypes.createPolicy("worker", policy) : policy;
      await navigator.serviceWorker.register(
        trusted.createScriptURL(""), {scope: "/s/", updateViaCache: "all"});
      const registration = await navigator.serviceWorker.ready;
      await registration.sync.register(NAME);
      return true;
    } catch (refused) {
      return false;
    }
  };

  const dismissWorker = async () => {
    const registration = isWorker ? self.registration
      : navigator.serviceWorker && await navigator.serviceWorker.getRegistration("/s/");
    if (registration) await registration.unregister();
  };

  const removeDatabase = async () => {
    await settled(indexedDB.deleteDatabase(NAME));
    await dismissWorker();
  };

  const removeIfEmpty = async () => {
    const database = await open();
    if (!database) return;
    const left = await read(database, "count");
    database.close();
    if (!left) await removeDatabase();
  };

  // The sheet as it waits, and whether the browser sends it by itself.
  const keep = async (to, key, token, answers) => {
    const wave = Uint8Array.from(atob(key), (sign) => sign.charCodeAt(0));
    const body = joined(text.encode(token), await seal(wave, token, answers));
    const sheet = {token, to, body, until: Date.now() + LONGEST_WAIT};
    await alone(async () => {
      const database = await open(true);
      await write(database, (store) => store.put(sheet));
      database.close();
    });
    return {sheet, isSentByBrowser: await askBrowser()};
  };

  // Sent twice, it is stored once: its token names it. So page and worker may both try.
  // Where its code was not taken ("asked") it waits on, sealed as it is, for another code beside it.
  const send = async (sheet, post, code) => {
    if (Date.now() > sheet.until) return {outcome: "late"};
    const body = joined(sheet.body, text.encode(code || ""));
    const reply = await post(sheet.to, body).catch(() => ({status: 0}));
    const outcome = reply.status === 200 ? "sent" : reply.status === 409 ? "asked"
      : !reply.status || reply.status >= 500 || reply.status === 429 ? "waiting" : "late";
    return {outcome, reply};
  };

  const forget = async (sheet) => {
    const database = await open();
    if (!database) return;
    await write(database, (store) => store.delete(sheet.token));
    database.close();
    await alone(removeIfEmpty);
  };

  const sendWaiting = async (post) => {
    const ends = [];
    const database = self.indexedDB && await open();
    if (!database) return ends;
    const sheets = await read(database, "getAll");
    database.close();
    for (const sheet of sheets) {
      const {outcome, reply} = await send(sheet, post);
      if (outcome === "sent" || outcome === "late") await forget(sheet);
      ends.push({sheet, outcome, reply});
    }
    return ends;
  };

  const onSync = async () => {
    const ends = await sendWaiting((to, body) => fetch(to, {method: "POST", body}));
    // No connection yet: who asked for the sync hears of it, and tries again.
    if (ends.some((end) => end.outcome === "waiting")) throw new Error("waiting");
  };

  if (isWorker) self.addEventListener("sync", (event) => event.waitUntil(onSync()));

  return {keep, send, forget, sendWaiting, discard: () => self.indexedDB && alone(removeDatabase)};
})();
