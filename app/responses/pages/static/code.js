// A card's code behind the # of the address: into its field, and out of address and history.
"use strict";
(() => {
  const field = document.getElementById("code"), code = location.hash.slice(1);
  if (!field || !code) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  field.value = code;
  field.dispatchEvent(new Event("input", {bubbles: true}));
})();
