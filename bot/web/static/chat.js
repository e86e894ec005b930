// The chat page: what is typed, pressed and shared becomes messages.

import { expect } from "./arrivals.js";
import { settle } from "./log.js";
import { forget, offer } from "./push.js";
import { again, send, start } from "./queue.js";

const composer = document.querySelector("#composer");
const text = document.querySelector("#text");
const notice = document.querySelector("#notice");
const words = document.querySelector("#words").dataset;
const touch = matchMedia("(pointer: coarse)");

composer.noValidate = true;
composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const said = text.value;
  if (!said.trim()) return;
  text.value = "";
  grow();
  send({ text: said }, said);
  expect();
  text.focus();
});

text.addEventListener("keydown", (event) => {
  // While a Chinese word is being composed, Enter chooses it; Safari tells only by the key code.
  const composing = event.isComposing || event.keyCode === 229;
  if (event.key === "Enter" && !event.shiftKey && !composing) {
    event.preventDefault();
    composer.requestSubmit();
  }
});

// Browsers without `field-sizing`.
function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
}
text.addEventListener("input", grow);

// Every button of a message, the menu and the welcome belongs to this form.
document.querySelector("#press").addEventListener("submit", (event) => {
  event.preventDefault();
  const button = event.submitter;
  document.querySelector("#menu:popover-open")?.hidePopover();
  button.classList.add("pressed");
  const lost = button.closest("#welcome");
  send({ [button.name]: button.value }, button.textContent.trim());
  expect();
  if (lost) (touch.matches ? document.querySelector("#scroller") : text).focus();
});

document.addEventListener("click", (event) => {
  if (event.target.closest(".retry")) again();
  if (event.target.closest("[data-share-place]")) sharePlace();
});

function sharePlace() {
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => send({ location: { latitude: coords.latitude, longitude: coords.longitude } }, words.myPlace),
    () => tell(words.noPlace),
    { timeout: 10_000, maximumAge: 60_000 },
  );
}

let silence = 0;
function tell(what, forMilliseconds = 8_000) {
  clearTimeout(silence);
  notice.textContent = what;
  if (what && forMilliseconds) silence = setTimeout(tell, forMilliseconds, "");
}
addEventListener("offline", () => tell(words.offline, 0));
addEventListener("online", () => tell(words.online, 3_000));
if (!navigator.onLine) tell(words.offline, 0);

settle();
start({
  onAnswer(answer, body) {
    tell("");
    if (answer.forgotten) forget();
    // The page speaks the language that was chosen in the talk.
    const spoken = answer.messages.at(-1)?.language;
    if (body.press?.startsWith("lang:") && spoken && !document.documentElement.lang.startsWith(spoken)) location.reload();
  },
  onRefused(body) {
    if (body.text && !text.value) text.value = body.text;
    grow();
  },
});
offer((what) => {
  document.querySelector("#menu:popover-open")?.hidePopover();
  tell(what);
});
if (!touch.matches) text.focus();
