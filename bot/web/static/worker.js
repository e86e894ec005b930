// The service worker: shows that a message waits on the chat page, and opens the page. It keeps and fetches nothing.

self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data?.json() ?? {};
  } catch { /* a knock without readable words is still a knock */ }
  event.waitUntil(
    self.registration.showNotification(said.title || "萌芽 Sprout", { body: said.body || "", lang: said.lang || "", tag: "waiting", renotify: true }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(
    (async () => {
      const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
      const chat = pages.find((page) => new URL(page.url).pathname === "/");
      await (chat ? chat.focus() : self.clients.openWindow("/#newest"));
    })(),
  );
});

// The push service gave the browser another address.
self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(
    (async () => {
      const options = event.oldSubscription?.options;
      const fresh = event.newSubscription ?? (options && (await self.registration.pushManager.subscribe(options)));
      if (!fresh) return;
      await fetch("/api/push", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(fresh) });
    })(),
  );
});
