// Reads what can be seen, piece by piece; loaded only when someone asks for it.
const PIECES = "h1, h2, legend, .hint, .problem, p, li, dt, dd, summary, label, .page button";

// A piece inside a piece is read with it, not again.
const seen = () => Array.from(document.querySelectorAll("main :is(" + PIECES + ")")).filter(
  (piece) => piece.getClientRects().length && !piece.parentElement.closest(PIECES) &&
    !piece.matches(".clear"));

export const toggle = (button, voice) => {
  const isReading = button.getAttribute("aria-pressed") === "true";
  const setReading = (state) => button.setAttribute("aria-pressed", state);
  speechSynthesis.cancel();
  setReading(!isReading);
  if (isReading) return;
  const said = seen().map((piece) => {
    const words = new SpeechSynthesisUtterance(piece.innerText);
    words.voice = voice;
    words.lang = voice.lang;
    return words;
  });
  said[said.length - 1].onend = () => setReading(false);
  for (const words of said) speechSynthesis.speak(words);
};
