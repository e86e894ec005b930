// On every page of somebody who answers chats: how many wait, in the title too, and two notes when one is new.
const bell = document.getElementById("bell");
const title = document.title;
let audio = null;

const isOn = () => localStorage.getItem("sprout-sound") !== "off";

function awake() {
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume();
  return audio;
}

function ring() {
  if (!isOn()) return;
  const context = awake();
  [[880, 0], [1174.7, 0.18]].forEach(([tone, after]) => {
    const wave = new OscillatorNode(context, { frequency: tone, type: "sine" });
    const loud = new GainNode(context, { gain: 0 });
    const start = context.currentTime + after;
    loud.gain.setValueAtTime(0, start);
    loud.gain.linearRampToValueAtTime(0.25, start + 0.02);
    loud.gain.exponentialRampToValueAtTime(0.001, start + 0.5);
    wave.connect(loud).connect(context.destination);
    wave.start(start);
    wave.stop(start + 0.55);
  });
}

function look() {
  const link = bell.querySelector("[data-waiting]");
  if (!link) return;
  const waiting = link.dataset.waiting.split(" ").filter(Boolean);
  const known = (sessionStorage.getItem("sprout-waiting") ?? "").split(" ");
  if (waiting.some((id) => !known.includes(id))) {
    ring();
    document.body.dataset.rang = String(Number(document.body.dataset.rang ?? 0) + 1);
  }
  sessionStorage.setItem("sprout-waiting", waiting.join(" "));
  document.title = waiting.length ? `(${waiting.length}) ${title}` : title;
}

if (bell) {
  new MutationObserver(look).observe(bell, { childList: true, subtree: true, attributes: true });
  // Browsers let a page sound only after a touch.
  document.addEventListener("pointerdown", () => isOn() && awake(), { once: true });
}

const switchButton = document.getElementById("sound");
if (switchButton) {
  const show = () => {
    switchButton.textContent = isOn() ? switchButton.dataset.on : switchButton.dataset.off;
    switchButton.setAttribute("aria-pressed", String(isOn()));
  };
  switchButton.hidden = false;
  switchButton.addEventListener("click", () => {
    localStorage.setItem("sprout-sound", isOn() ? "off" : "on");
    show();
    ring();
  });
  show();
}
