// The resident's page, one part at a time. Without this script it is one long form.
// It travels in one file with the queue, which is a worker as well: there it does nothing.
"use strict";
(() => {
  if (typeof document === "undefined") return;
  const DRAFT = "sheet";
  const PATIENCE = 60000;
  const FIRST_RETRY = 15000;
  const find = (selector, inside) => (inside || document).querySelector(selector);
  const all = (selector, inside) => Array.from((inside || document).querySelectorAll(selector));
  const words = JSON.parse(find("#words") ? find("#words").content.textContent : "{}");
  const isShared = !!find("[data-kiosk]");
  let main, form, key, intro, parts, ending, conditions, at, progress, steps;
  let isSending = false, kept = null, aloud;

  const make = (tag, look, content) => {
    const element = document.createElement(tag);
    element.className = look;
    element.textContent = content || "";
    if (tag === "button") element.type = "button";
    return element;
  };

  // The draft: what was typed, in this tab alone; on a shared screen nowhere.

  const stored = (change) => {
    if (isShared) return null;
    try {
      return change(sessionStorage);
    } catch (denied) {
      return null;
    }
  };
  const wipe = () => stored((tab) => tab.removeItem(DRAFT));
  const draft = () => JSON.parse(stored((tab) => tab.getItem(DRAFT)) || "{}");
  const save = (isCarried) => stored((tab) => tab.setItem(DRAFT, JSON.stringify({
    path: location.pathname, fields: Array.from(new FormData(form)), part: parts.indexOf(at),
    isCarried: isCarried || !navigator.onLine})));

  const fill = (fields) => {
    for (const [name, value] of fields) {
      const inputs = all(`[name="${name}"]`);
      const isChoice = (input) => /radio|checkbox/.test(input.type);
      const choice = inputs.find((input) => isChoice(input) && input.value === value);
      const typed = inputs.find((input) => !isChoice(input));
      if (choice) choice.checked = true;
      else if (typed && name !== "_lang") typed.value = value;
    }
  };

  // Conditions: the same tree that Python walks and the style spells out.

  const chosen = (id) => {
    const question = document.getElementById("q-" + id);
    return question && !question.hidden ? all(":checked", question).map((input) => input.value) : [];
  };
  const holds = (condition) =>
    condition.all ? condition.all.every(holds)
    : condition.any ? condition.any.some(holds)
    : condition.not ? !holds(condition.not)
    : condition.in.some((code) => chosen(condition.item).includes(String(code)));
  const route = () => {
    for (const [id, condition] of conditions) {
      const question = document.getElementById("q-" + id);
      if (question) question.hidden = !holds(condition);
    }
  };

  // One part at a time. No part is the screen before the first.

  const asked = () => parts.filter((part) => find(".question:not([hidden])", part));
  const beside = (step) => {
    const open = asked();
    return open[open.indexOf(at) + step] || null;
  };

  const show = (part) => {
    const open = asked(), place = open.indexOf(part), isLast = part && place === open.length - 1;
    at = part;
    for (const other of parts) other.hidden = other !== part;
    for (const piece of intro) piece.hidden = !!part;
    ending.hidden = !isLast;
    form.hidden = progress.hidden = steps.lastChild.hidden = !part;
    steps.firstChild.hidden = isLast;
    steps.firstChild.textContent = part ? words.next : words.start;
    main.classList.toggle("stepped", !!part);
    progress.firstChild.textContent =
      words.part.replace("{part}", place + 1).replace("{parts}", open.length);
    progress.lastChild.max = open.length;
    progress.lastChild.value = place + 1;
    const before = open.slice(0, Math.max(place, 0));
    form.style.counterReset =
      "question " + before.reduce((n, other) => n + all("fieldset:not([hidden])", other).length, 0);
  };

  // Read aloud, by a voice of the device itself: others would send what is read to their makers.
  // What reads is asked for only when it is wanted.

  const hush = () => {
    if (!aloud) return;
    speechSynthesis.cancel();
    aloud.setAttribute("aria-pressed", false);
  };
  const offerVoice = () => {
    all(".aloud").forEach((button) => button.remove());
    const language = document.documentElement.lang.split("-")[0];
    const voice = self.speechSynthesis && speechSynthesis.getVoices().find(
      (one) => one.localService && one.lang.toLowerCase().startsWith(language));
    const title = find("h1", main);
    if (!voice || !title || !words.aloud) return;
    aloud = make("button", "aloud", words.aloud);
    hush();
    aloud.onclick = async () => (await import("./aloud.js")).toggle(aloud, voice);
    title.after(aloud);
  };

  const look = (element) => {
    element.tabIndex = -1;
    element.focus({preventScroll: true});
  };

  const go = (part) => {
    hush();
    show(part);
    save();
    if (part && !history.state) history.pushState(1, "");
    look(part ? find("h2", part) || find(".question:not([hidden])", part) : find("h1"));
    if (find(".told", main)) progress.scrollIntoView();
    else scrollTo(0, 0);
  };

  const offerClear = (question) => {
    const button = find(".clear", question);
    if (button) button.remove();
    if (!find("[type=radio]:checked", question)) return;
    const clear = make("button", "clear", words.clear);
    clear.setAttribute("aria-label", words.clear + ": " + find("legend", question).textContent);
    question.append(clear);
  };

  const enhance = () => {
    main = find("main");
    form = find("#sheet");
    setTimeout(offerVoice);
    if (!form) return;
    key = form.dataset.key;
    conditions = Object.entries(JSON.parse(form.dataset.showIf));
    intro = all("nav").concat(Array.from(main.children).filter(
      (piece) => piece !== form && !piece.matches("h1, .told, .simulated")));
    parts = all(".page", form);
    ending = parts.pop();
    progress = make("div", "progress");
    progress.append(make("p", "", ""), make("progress", "", ""));
    progress.firstChild.id = "progress";
    progress.lastChild.setAttribute("aria-hidden", true);
    steps = make("div", "steps");
    steps.append(make("button", "", ""), make("button", "other", words.back));
    for (const part of parts) (find("h2", part) || part).setAttribute("aria-describedby", "progress");
    form.before(progress);
    form.after(steps);
  };

  const refresh = () => {
    route();
    all("fieldset", form).forEach(offerClear);
    show(at);
  };

  // Where to begin: at a problem, at the draft, where the reader is by now, or before the questions.
  const begin = (typed) => {
    route();
    const told = find(".told", main), problem = find(".problem", form);
    const open = asked();
    const seen = form.getBoundingClientRect().top < innerHeight / 3 &&
      open.find((part) => part.getBoundingClientRect().bottom > innerHeight / 3);
    const part = problem ? problem.closest(".page") : told ? open[open.length - 1]
      : typed || seen;
    at = part || null;
    refresh();
    if (at && !history.state) history.pushState(1, "");
    if (told) look(told);
  };

  // Sending.

  const post = (to, body) => new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open("POST", to);
    request.responseType = "document";
    request.timeout = PATIENCE;
    request.onload = () => done(request);
    request.onerror = request.ontimeout = request.onabort = fail;
    request.send(body);
  });

  const put = (next, title) => {
    hush();
    all("nav, .steps, .progress").forEach((piece) => piece.remove());
    main.replaceWith(next);
    document.title = title;
    enhance();
    if (form) {
      begin();
      save();
    } else {
      if (!find("form")) wipe();
      look(find("h1"));
    }
    scrollTo(0, 0);
  };

  // Only a page of ours is believed: a network that wants a log-in answers in our place.
  const shown = (reply) => {
    const next = reply && reply.response && find("main[data-page]", reply.response);
    if (!next || reply.status >= 500) return false;
    for (const greedy of all("[autofocus]", next)) greedy.removeAttribute("autofocus");
    put(document.importNode(next, true), reply.response.title);
    return true;
  };

  const tell = (place, content) => {
    all(".unsent").forEach((box) => box.remove());
    const box = make("p", "told unsent", content);
    box.setAttribute("role", "alert");
    place.before(box);
  };

  const notice = (title, ...paragraphs) => {
    const next = make("main", "notice");
    next.append(make("h1", "", title), ...paragraphs.map((content) => make("p", "", content)));
    put(next, document.title);
    return next;
  };

  const retry = async (wait) => {
    if (!kept) return;
    const mine = kept, {outcome, reply} = await sheetQueue.send(mine, post);
    if (mine !== kept) return;
    if (outcome === "waiting") {
      find("[role=status]").textContent = words.still_kept;
      if (wait) setTimeout(retry, wait, 2 * wait);
      return;
    }
    kept = null;
    if (outcome === "asked") return askCode(mine, reply);
    await sheetQueue.forget(mine);
    if (!shown(reply)) notice(words.late_title, words.late);
  };

  // Its code was not taken: another one is asked for, or on a page opened later in a box on top.
  const askCode = async (mine, reply, isLater) => (await import("./again.js")).ask(
    {mine, reply, isLater, shown, make, intro, refresh, words, post, look});

  const keep = async (sheet, button) => {
    const fields = new FormData(sheet), token = fields.get("_token");
    fields.delete("_token");
    // On a shared screen nobody could type another code later on.
    if (isShared && fields.has("_code")) return tell(button, words.offline);
    try {
      const to = location.pathname.replace(/\/$/, "") + "/sealed";
      const queued = await sheetQueue.keep(to, key, token, String(new URLSearchParams(fields)));
      kept = queued.sheet;
      const next = notice(words.kept_title, words.kept_text,
        queued.isSentByBrowser ? words.kept_sync : words.kept_open, words.kept_leave);
      const again = make("button", "", words.try_now), status = make("p", "");
      status.setAttribute("role", "status");
      again.onclick = () => retry();
      next.append(again, status);
      setTimeout(retry, FIRST_RETRY, 2 * FIRST_RETRY);
    } catch (impossible) {
      tell(button, words.offline);
    }
  };

  const send = async (sheet, button) => {
    const label = button.textContent;
    isSending = true;
    button.textContent = words.sending;
    try {
      const reply = await post(location.pathname + location.search, new URLSearchParams(new FormData(sheet)));
      if (reply.status === 429) return sheet.submit();
      if (!shown(reply)) tell(button, words.busy);
    } catch (lost) {
      await keep(sheet, button);
    }
    button.textContent = label;
    isSending = false;
  };

  const leave = (address) => {
    hush();
    wipe();
    kept = null;
    document.body.textContent = "";
    document.title = "";
    const go = () => location.replace(address);
    setTimeout(go, 500);
    Promise.resolve(sheetQueue.discard()).then(go, go);
  };

  // What a person does.

  const onClick = (event) => {
    const hit = (selector) => event.target.closest(selector);
    const link = hit("a");
    if (link && link.matches(".leave:not(.again)")) {
      event.preventDefault();
      leave(link.href);
    } else if (link && form && link.matches(".told a")) {
      event.preventDefault();
      const question = find(link.hash);
      show(question.closest(".page"));
      look(question);
      question.scrollIntoView();
    } else if (link && form && stored((tab) => tab.getItem(DRAFT))) {
      save(true);
    } else if (hit(".clear")) {
      const question = hit(".question");
      for (const input of all(":checked", question)) input.checked = false;
      find("input", question).focus();
      refresh();
      save();
    } else if (hit(".steps")) {
      if (event.target === steps.firstChild) go(at ? beside(1) : asked()[0]);
      if (event.target === steps.lastChild) go(beside(-1));
    }
  };

  const onSubmit = (event) => {
    if (!words.next) return;
    event.preventDefault();
    const sheet = event.target, pressed = event.submitter || find("button:not([type])", sheet);
    if (isSending) return;
    if (sheet === form && form.contains(pressed) && beside(1)) go(beside(1));
    else send(sheet, pressed);
  };

  const onBack = () => {
    if (form && at) go(beside(-1));
    else if (!form && !kept) location.reload();
  };

  // A draft comes back after a reload, a change of language, or a page lost without a connection.
  // Who went elsewhere has left.
  const start = async () => {
    enhance();
    const typed = draft();
    const [visit] = performance.getEntriesByType("navigation");
    const isOurs = form || find("[data-page=accessibility]");
    const isSame = isOurs && typed.path === location.pathname &&
      (typed.isCarried || visit.type === "reload" || document.wasDiscarded);
    if (!isSame) wipe();
    if (!form) return;
    if (isSame) fill(typed.fields);
    begin(isSame && parts[typed.part]);
    if (isSame) save();
    for (const {sheet, outcome, reply} of await sheetQueue.sendWaiting(post)) {
      if (isShared) continue;
      if (outcome === "asked") askCode(sheet, reply, true);
      else if (words[outcome]) main.prepend(make("p", "note", words[outcome]));
    }
  };

  addEventListener("click", onClick);
  addEventListener("submit", onSubmit);
  addEventListener("popstate", onBack);
  addEventListener("online", () => retry());
  addEventListener("pagehide", hush);
  addEventListener("change", (event) => {
    if (!form || !form.contains(event.target)) return;
    refresh();
    save();
  });
  addEventListener("input", (event) => form && event.target.form === form && save());
  addEventListener("offline", () => form && save());
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    wipe();
    location.reload();
  });
  if (self.speechSynthesis) speechSynthesis.onvoiceschanged = offerVoice;
  history.scrollRestoration = "manual";
  start();
})();
