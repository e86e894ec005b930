// The button "tell me here when a reminder comes": asks the browser, and tells the server where to knock.

const item = document.querySelector("#push-item");
const button = document.querySelector("#push");
const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

/** Shows the button where the browser can do it. `tell` says a sentence to the parent. */
export async function offer(tell) {
  if (!able) return;
  item.hidden = false;
  const words = button.dataset;
  const registration = await navigator.serviceWorker.getRegistration("/");
  show(await registration?.pushManager.getSubscription());
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const isOn = "on" in button.dataset;
      tell(isOn ? await off(words) : await on(words));
    } catch {
      tell(words.failed);
    } finally {
      button.disabled = false;
    }
  });
}

function show(subscription) {
  button.toggleAttribute("data-on", Boolean(subscription));
  button.textContent = subscription ? button.dataset.stop : button.dataset.start;
}

async function on(words) {
  if ((await Notification.requestPermission()) !== "granted") return words.denied;
  await navigator.serviceWorker.register("/worker.js");
  const registration = await navigator.serviceWorker.ready;
  const { key } = await (await fetch("/api/push")).json();
  const old = await registration.pushManager.getSubscription();
  await old?.unsubscribe(); // it may belong to another key
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  if (!(await call("POST", subscription)).ok) {
    await subscription.unsubscribe();
    return words.failed;
  }
  show(subscription);
  return words.isOn;
}

async function off(words) {
  const registration = await navigator.serviceWorker.getRegistration("/");
  const subscription = await registration?.pushManager.getSubscription();
  if (subscription) {
    await call("DELETE", subscription);
    await subscription.unsubscribe();
  }
  show(null);
  return words.isOff;
}

/** The family has deleted everything: nothing is to knock here any more. */
export async function forget() {
  if (able) await off(button.dataset).catch(() => {});
}

const call = (method, subscription) =>
  fetch("/api/push", { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(subscription) });
