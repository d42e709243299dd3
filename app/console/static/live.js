// A form marked data-live is asked again as somebody types; only the part marked #live changes.
// Without script the button does the same.
const safe = window.trustedTypes
  ? trustedTypes.createPolicy("live", { createHTML: (page) => page })
  : { createHTML: (page) => page };
const fetched = async (address) => {
  const answer = await fetch(address, { credentials: "same-origin" });
  return answer.ok && !answer.redirected
    ? new DOMParser().parseFromString(safe.createHTML(await answer.text()), "text/html")
    : null;
};
const form = document.querySelector("form[data-live]");
if (form) {
  let waiting = 0;
  let asked = 0;
  const ask = async () => {
    const turn = ++asked;
    const page = await fetched(location.pathname + "?" + new URLSearchParams(new FormData(form)));
    const fresh = page && turn === asked ? page.getElementById("live") : null;
    if (fresh) document.getElementById("live").replaceWith(document.adoptNode(fresh));
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => ask().catch(() => {}), 300);
  });
}
// The field that was refused says so itself, and is described by the reason.
const problem = document.querySelector("#problem a");
const refused = problem && document.getElementById(problem.hash.slice(1));
if (refused) {
  const described = refused.getAttribute("aria-describedby");
  refused.setAttribute("aria-invalid", "true");
  refused.setAttribute("aria-describedby", described ? "problem " + described : "problem");
}
// What waits for the worker is looked at again until it has changed, for ten minutes at most.
// A page on which somebody has begun something stays as it is: its link does the same.
const standing = (page) =>
  [...page.querySelectorAll("[data-waits]")].map((part) => part.textContent).join();
let looks = 200;
let is_touched = false;
for (const sign of ["input", "click"]) addEventListener(sign, () => (is_touched = true), true);
const show = (fresh) => {
  const main = document.querySelector("main");
  const had_focus = main.contains(document.activeElement);
  main.replaceWith(document.adoptNode(fresh));
  fresh.tabIndex = -1;
  if (had_focus) fresh.focus({ preventScroll: true });
};
const look = async () => {
  const page = await fetched(location.pathname + location.search).catch(() => null);
  if (is_touched) return;
  if (page && standing(page) !== standing(document)) show(page.querySelector("main"));
  wait();
};
const wait = () => {
  if (standing(document) && --looks) setTimeout(look, 3000);
};
wait();
