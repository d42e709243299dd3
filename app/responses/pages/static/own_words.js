// What somebody writes that looks like a phone number, an e-mail address or a link is pointed out
// while it is written. Nothing is sent for that; the server takes out what it finds in any case.
"use strict";
(() => {
  const number = "\\+?\\(?\\p{Nd}(?:[\\s().-]{0,2}\\p{Nd}){6,}";
  const mail = "[^\\s@]+\\s?(?:@|\\(at\\)|\\[at\\])\\s?[^\\s@]+\\.[^\\s@.,;]+";
  const said = "[^\\s@]+ (?:at|arroba) [^\\s@]+ (?:dot|punto) [a-z]{2,4}";
  const link = "(?:https?://|www\\.)[^\\s]+";
  const looks = new RegExp([number, mail, said, link].join("|"), "iu");

  // A voice reads a place that was there before the words were.
  const placeFor = (box) => {
    const there = box.nextElementSibling;
    if (there) return there;
    const place = document.createElement("p");
    place.className = "problem";
    place.setAttribute("role", "status");
    box.after(place);
    return place;
  };

  const look = (box) => {
    const found = box.value.match(looks), place = placeFor(box);
    // Isolated, so that its digits keep their order in a line from right to left.
    const apart = () => "\u2068" + found[0].trim() + "\u2069";
    const words = found ? box.dataset.found.replace("{found}", apart) : "";
    if (place.textContent !== words) place.textContent = words;
  };

  addEventListener("input", (event) => event.target.dataset.found && look(event.target));
  document.querySelectorAll("[data-found]").forEach(look);
})();
