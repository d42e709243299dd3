// A sheet that waits came without a code that is right. It stays sealed as it is, and another code
// goes beside it. Loaded only when that happens.
const find = (selector, inside) => inside.querySelector(selector);

// As the server put it; on a page that has a title already it is one of its sections.
const fill = (box, reply) => {
  box.replaceChildren(...document.importNode(find("main", reply.response), true).children);
  const title = find("h1", box);
  if (box.matches("main")) return title;
  const smaller = document.createElement("h2");
  smaller.textContent = title.textContent;
  title.replaceWith(smaller);
  return smaller;
};

// The whole page; or, on a page opened later, a box on top of what is there.
const place = ({reply, isLater, shown, make, intro, refresh}) => {
  if (!isLater) shown(reply);
  const main = find("main", document);
  if (!isLater) return main;
  const box = make("section", "told");
  main.prepend(box);
  intro.push(box);
  refresh();
  return box;
};

const askIn = (box, asked) => {
  const {mine, isLater, shown, words, post, look} = asked, title = fill(box, asked.reply);
  const form = find("form", box), status = find("[role=status]", box);

  const end = async (reply, said) => {
    await sheetQueue.forget(mine);
    if (!isLater && shown(reply)) return;
    const note = document.createElement("p");
    note.className = "note";
    note.setAttribute("role", "status");
    box.replaceChildren(note);
    note.textContent = said;
  };

  const send = async () => {
    status.textContent = words.sending;
    const {outcome, reply} = await sheetQueue.send(mine, post, find("input", form).value.trim());
    if (outcome === "waiting") status.textContent = words.still_kept;
    else if (outcome === "asked") look(askIn(box, {...asked, reply}));
    else await end(reply, words[outcome]);
  };

  find(".other", form).onclick = (event) => end(null, event.target.dataset.words);
  form.onsubmit = (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (status.textContent !== words.sending) send();
  };
  return title;
};

export const ask = (asked) => askIn(place(asked), asked);
