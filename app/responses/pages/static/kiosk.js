// A screen that many people use, one after the other: what one leaves behind, the next never sees.
"use strict";
(() => {
  const IDLE = 60, WARNING = 20, AFTER_THANKS = 30, STALE = 900, RETRY = 5000;
  const words = JSON.parse(document.querySelector("[data-kiosk]").dataset.kiosk);
  const home = location.pathname;
  let last = Date.now(), box = null, isOver = false;

  const make = (tag, look, content) => {
    const element = document.createElement(tag);
    element.className = look;
    element.textContent = content || "";
    return element;
  };
  const isThanks = () => !!document.querySelector("main[data-page=thanks]");
  // The first screen, as it came: there is nothing to remove, but its token must not grow old.
  const isFirst = () => {
    const form = document.querySelector("#sheet");
    return form && form.hidden && !location.search;
  };

  // A touch on the warning itself is for its button: gone too early, it would let the touch through.
  const stay = (event) => {
    if (box && event && box.contains(event.target)) return;
    last = Date.now();
    if (box) box.remove();
    box = null;
  };

  const warn = (left) => {
    if (!box) {
      box = make("div", isThanks() ? "note idle" : "told idle");
      const told = make("p", "", isThanks() ? words.over : words.idle.replace("{seconds}", left));
      const count = make("strong", ""), button = make("button", "", words.stay);
      told.setAttribute("role", "alert");
      count.setAttribute("aria-hidden", true);
      button.type = "button";
      button.onclick = () => stay();
      box.append(told, count, button);
      document.body.append(box);
    }
    box.querySelector("strong").textContent = left;
  };

  // Away with all of it at once; the page comes anew when there is a connection.
  const startAgain = async () => {
    isOver = true;
    const told = make("p", "", ""), next = make("main", "notice");
    next.append(told);
    document.body.replaceChildren(next);
    document.title = "";
    if (self.speechSynthesis) speechSynthesis.cancel();
    try {
      sessionStorage.clear();
    } catch (denied) {}
    for (;;) {
      const reply = await fetch(home, {cache: "no-store"}).catch(() => null);
      if (reply && reply.status < 500) return location.replace(home);
      told.textContent = words.wait;
      await new Promise((done) => setTimeout(done, RETRY));
    }
  };

  const tick = () => {
    if (isOver) return;
    const limit = isFirst() ? STALE : isThanks() ? AFTER_THANKS : IDLE;
    const left = limit - Math.floor((Date.now() - last) / 1000);
    if (left <= 0) startAgain();
    else if (left <= WARNING && !isFirst()) warn(left);
  };

  const fillScreen = () => {
    const page = document.documentElement;
    if (!document.fullscreenElement && page.requestFullscreen) {
      page.requestFullscreen({navigationUI: "hide"}).catch(() => {});
    }
  };

  for (const sign of ["pointerdown", "keydown", "input", "scroll"]) addEventListener(sign, stay, true);
  addEventListener("click", (event) => {
    fillScreen();
    if (!event.target.closest(".again")) return;
    event.preventDefault();
    startAgain();
  });
  setInterval(tick, 1000);
})();
