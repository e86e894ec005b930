// Questions by keyboard: j/k move, Enter opens, l links, n begins an article, a answers, d dismisses, u goes back, ? helps.
const help = document.getElementById("keys-help");
const opener = document.getElementById("keys");
if (opener && help) {
  opener.hidden = false;
  opener.addEventListener("click", () => help.showModal());
}
const rows = [...document.querySelectorAll(".question")];
const fields = { l: "#link input[type=radio]:checked, #link input[type=radio], #link input", n: "#draft input[name=new_id]", a: "#answer textarea", d: "#dismiss input" };

function move(step) {
  if (rows.length) {
    const at = rows.indexOf(document.activeElement);
    rows[Math.min(Math.max(at + step, 0), rows.length - 1)].focus();
    return;
  }
  document.querySelector(step > 0 ? "nav a[rel=next]" : "nav a[rel=prev]")?.click();
}

function open(letter) {
  const row = rows.length ? (rows.includes(document.activeElement) ? document.activeElement : rows[0]) : null;
  if (row) { window.location.href = `${row.href}#do-${letter}`; return; }
  document.querySelector(fields[letter])?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || help?.open) return;
  if (event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key === "?") help?.showModal();
  else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "u") document.getElementById("back")?.click();
  else if (event.key in fields) open(event.key);
  else return;
  event.preventDefault();
});

const wanted = window.location.hash.replace("#do-", "");
if (wanted in fields && !rows.length) document.querySelector(fields[wanted])?.focus();
