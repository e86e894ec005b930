// The log of messages on the page. The server writes the bot's messages as HTML; a parent's words are only ever text.

const scroller = document.querySelector("#scroller");
const log = document.querySelector("#log");
const newer = document.querySelector("#newer");
// The clock of the place where the centres are: appointments are on it too.
const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: log.dataset.zone });
const NEAR = 120; // pixels from the end that count as 'reading the newest'

let newest = Number(log.dataset.newest);
let typing = null;

/** The highest id of a bot's message that the page shows. */
export const newestId = () => newest;

/** A parent's message, at once; returns its element. */
export function addOwn(words, at = new Date()) {
  document.querySelector("#welcome")?.remove();
  const element = copyOf("#own-message");
  element.querySelector(".words").textContent = words;
  const time = element.querySelector("time");
  time.dateTime = at.toISOString();
  time.textContent = hour.format(at);
  element.classList.add("fresh");
  log.append(element);
  toEnd();
  return element;
}

/** The bot's messages that are not shown yet. `below` is the question that they answer. */
export function addLetters(letters, below = null) {
  const reading = nearEnd();
  const added = [];
  for (const letter of letters) {
    if (letter.id && log.querySelector(`[data-id="${letter.id}"]`)) continue;
    newest = Math.max(newest, letter.id);
    const element = elementOf(letter.markup);
    element.classList.add("fresh");
    reveal(element);
    log.append(element);
    added.push(element);
  }
  if (added.length === 0) return;
  if (below) showFrom(below);
  else if (reading) showFrom(added[0]);
  else newer.hidden = false;
}

/** Say how a parent's message stands: "waiting", "busy", "refused" or "" when all is well. */
export function setState(element, state, words = "") {
  element.querySelector(".state")?.remove();
  element.classList.toggle("unsent", state !== "");
  if (!state) return;
  const line = copyOf(`#state-${state}`);
  if (words) line.querySelector("span").textContent = words;
  element.append(line);
  line.scrollIntoView({ block: "nearest" });
}

export function showTyping(on) {
  if (on === (typing !== null)) return;
  if (on) {
    const reading = nearEnd();
    typing = copyOf("#typing");
    log.append(typing);
    if (reading) toEnd();
  } else {
    typing.remove();
    typing = null;
  }
}

/** The family deleted everything: the page forgets as well. */
export function clear() {
  log.replaceChildren();
}

/** Start at the last question, or at the end. */
export function settle() {
  for (const element of log.children) reveal(element);
  const questions = log.querySelectorAll(":scope > .own");
  const last = questions[questions.length - 1];
  scroller.style.scrollBehavior = "auto";
  if (last) showFrom(last);
  else toEnd();
  scroller.style.scrollBehavior = "";
}

function showFrom(element) {
  const room = scroller.clientHeight;
  const height = scroller.scrollHeight - (element.offsetTop - scroller.offsetTop);
  if (height > room) scroller.scrollTo({ top: element.offsetTop - scroller.offsetTop - 8 });
  else toEnd();
}

function toEnd() {
  scroller.scrollTo({ top: scroller.scrollHeight });
  newer.hidden = true;
}

const nearEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;

/** Things that work with scripts only are hidden until here. */
function reveal(element) {
  if (!navigator.geolocation) return;
  for (const button of element.querySelectorAll?.("[data-share-place]") ?? []) button.hidden = false;
}

function copyOf(selector) {
  return document.querySelector(selector).content.firstElementChild.cloneNode(true);
}

function elementOf(markup) {
  const template = document.createElement("template");
  template.innerHTML = markup;
  return template.content.firstElementChild;
}

newer.addEventListener("click", toEnd);
scroller.addEventListener("scroll", () => { if (nearEnd()) newer.hidden = true; }, { passive: true });
