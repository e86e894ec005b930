// What the parent sends, one after the other. Unsent messages outlive a lost network and a reload of the page;
// each has an id of its own, so that sending one again never asks a question twice.

import { addLetters, addOwn, clear, setState, showTyping } from "./log.js";

const KEPT = "sprout.unsent";
const PATIENCE = 30_000; // milliseconds for one answer
const SHOW_TYPING_AFTER = 250;
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 30_000;

let waiting = [];
let busy = false;
let pause = FIRST_PAUSE;
let timer = 0;
let afterAnswer = () => {};
let giveBack = () => {};

/** `onAnswer(answer, body)` after each answer; `onRefused(body)` gets what will not be sent. */
export function start({ onAnswer, onRefused }) {
  afterAnswer = onAnswer;
  giveBack = onRefused;
  for (const { id, body, words, at } of remembered()) {
    const element = addOwn(words, new Date(at));
    setState(element, "waiting");
    waiting.push({ id, body, words, at, element });
  }
  addEventListener("online", again);
  next();
}

/** Send `body` (of the API's message); `words` stand in the parent's bubble. */
export function send(body, words) {
  const at = new Date();
  waiting.push({ id: newId(), body, words, at: at.toISOString(), element: addOwn(words, at) });
  remember();
  next();
}

/** Try now. */
export function again() {
  clearTimeout(timer);
  pause = FIRST_PAUSE;
  timer = 0;
  next();
}

export const isBusy = () => busy;

async function next() {
  if (busy || timer || waiting.length === 0) return;
  busy = true;
  const item = waiting[0];
  const typing = setTimeout(showTyping, SHOW_TYPING_AFTER, true);
  try {
    await deliver(item);
  } finally {
    clearTimeout(typing);
    showTyping(false);
    busy = false;
  }
  next();
}

async function deliver(item) {
  let response, answer;
  try {
    response = await fetch("/api/chat?markup=true", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...item.body, message_id: item.id }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    answer = await response.json();
  } catch {
    return wait(item, "waiting");
  }
  showTyping(false);
  if (response.ok) {
    pause = FIRST_PAUSE;
    done(item);
    setState(item.element, "");
    if (answer.forgotten) clear();
    addLetters(answer.messages, answer.forgotten ? null : item.element);
    afterAnswer(answer, item.body);
  } else if (response.status === 429 || response.status >= 500) {
    // Danger words are said even when nothing can be stored; once.
    if (answer.messages && !item.warned) addLetters(answer.messages, item.element);
    item.warned = true;
    wait(item, "busy", answer.error?.message, Number(response.headers.get("Retry-After")) * 1000);
  } else {
    done(item);
    setState(item.element, "refused", answer.error?.message);
    giveBack(item.body);
  }
}

function wait(item, state, words = "", atLeast = 0) {
  for (const each of waiting) setState(each.element, state, each === item ? words : "");
  timer = setTimeout(() => { timer = 0; next(); }, Math.max(pause, atLeast));
  pause = Math.min(pause * 2, LONGEST_PAUSE);
}

function done(item) {
  waiting = waiting.filter((each) => each !== item);
  remember();
}

function remember() {
  const plain = waiting.map(({ id, body, words, at }) => ({ id, body, words, at }));
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(plain));
  } catch { /* a full or forbidden storage: the message is still sent from here */ }
}

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? [];
  } catch {
    return [];
  }
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
