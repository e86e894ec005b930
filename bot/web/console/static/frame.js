// The menu is open where there is room; forms are sent once; what htmx brings in keeps the reader's place.
const wide = window.matchMedia("(min-width: 60rem)");
const fold = document.querySelector(".side .fold");
const unfold = () => { if (fold) fold.open = wide.matches; };
unfold();
wide.addEventListener("change", unfold);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || [...form.attributes].some((a) => a.name.startsWith("hx-"))) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  window.setTimeout(() => { delete form.dataset.sent; }, 4000);
});

// <form data-ask="words">: asks before it is sent.
document.addEventListener("submit", (event) => {
  const words = event.submitter?.dataset.ask ?? event.target.dataset.ask;
  if (words && !window.confirm(words)) event.preventDefault();
}, true);
