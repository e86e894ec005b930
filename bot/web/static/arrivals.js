// Messages that come without a question: reminders, a person's reply. Looks often while something happens, seldom else,
// and not at all while the page is hidden.

import { addLetters, newestId } from "./log.js";
import { isBusy } from "./queue.js";

const SOON = 4_000; // milliseconds
const SELDOM = 30_000;

let pause = SOON;
let timer = 0;

/** Something happened: look again soon. */
export function expect() {
  pause = SOON;
  plan();
}

function plan() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(look, pause);
}

async function look() {
  pause = Math.min(pause * 1.5, SELDOM);
  if (!isBusy() && navigator.onLine) {
    try {
      const response = await fetch(`/api/messages?markup=true&after=${newestId()}`, { signal: AbortSignal.timeout(10_000) });
      const { messages } = response.ok ? await response.json() : { messages: [] };
      if (messages.length > 0) pause = SOON;
      addLetters(messages);
    } catch { /* no network: the next look will tell */ }
  }
  plan();
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  if (!document.hidden) look();
});
plan();
