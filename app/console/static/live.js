// A form marked data-live is asked again as somebody types; only the part marked #live changes.
// Without script the button does the same.
const form = document.querySelector("form[data-live]");
if (form) {
  let waiting = 0;
  let asked = 0;
  const ask = async () => {
    const turn = ++asked;
    const address = location.pathname + "?" + new URLSearchParams(new FormData(form));
    const answer = await fetch(address, { credentials: "same-origin" });
    if (turn !== asked || !answer.ok) return;
    const page = new DOMParser().parseFromString(safe.createHTML(await answer.text()), "text/html");
    const fresh = page.getElementById("live");
    if (fresh) document.getElementById("live").replaceWith(document.adoptNode(fresh));
  };
  const safe = window.trustedTypes
    ? trustedTypes.createPolicy("live", { createHTML: (page) => page })
    : { createHTML: (page) => page };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => ask().catch(() => {}), 300);
  });
}
