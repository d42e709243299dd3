// Keyboard entry of paper sheets: Enter goes on, the up arrow goes back, what is not asked is
// passed over. Nothing is kept outside the page. Without this script Tab goes on.
"use strict";
(() => {
  const form = document.getElementById("entry");
  const lines = Array.from(form.querySelectorAll(".row > input"));
  const send = form.querySelector("button:not([hidden])");
  const conditions = Object.entries(JSON.parse(form.dataset.showIf));
  const row = (line) => line.parentElement;
  const typed = (id) => {
    const line = document.getElementById("k-" + id);
    return line && !row(line).hidden ? line.value.split(/[\s,;.+]+/) : [];
  };

  const holds = (condition) =>
    condition.all ? condition.all.every(holds)
    : condition.any ? condition.any.some(holds)
    : condition.not ? !holds(condition.not)
    : condition.in.some((code) => typed(condition.item).includes(String(code)));

  const route = () => {
    for (const [id, condition] of conditions) {
      const question = document.getElementById("q-" + id);
      if (question) question.hidden = !holds(condition);
    }
  };

  const tell = (line, words) => {
    row(line).querySelector(".problem").textContent = words;
    if (words) line.setAttribute("aria-invalid", true);
    else line.removeAttribute("aria-invalid");
  };

  const fits = (line) => {
    const codes = line.dataset.codes;
    return !codes || !line.value.trim() || codes.split(" ").includes(line.value.trim());
  };

  const look = (line) => {
    line.focus();
    if (line.select) line.select();
  };

  const go = (line, step) => {
    const open = lines.filter((other) => !row(other).hidden);
    const next = open[open.indexOf(line) + step];
    if (next) look(next);
    else if (step > 0) send.focus();
  };

  form.addEventListener("keydown", (event) => {
    const line = event.target;
    if (!lines.includes(line) || event.isComposing) return;
    if (event.key === "Enter" || event.key === "ArrowDown") {
      event.preventDefault();
      tell(line, fits(line) ? "" : form.dataset.unknown);
      route();
      if (fits(line)) go(line, 1);
      else look(line);
    } else if (event.key === "ArrowUp") {
      event.preventDefault();
      go(line, -1);
    }
  });
  form.addEventListener("input", route);
  form.addEventListener("submit", (event) => {
    const wrong = lines.find((line) => !row(line).hidden && !fits(line));
    if (!wrong) return;
    event.preventDefault();
    tell(wrong, form.dataset.unknown);
    look(wrong);
  });
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  route();
  const first = lines.find((line) => line.getAttribute("aria-invalid")) || lines[0];
  if (first) look(first);
})();
