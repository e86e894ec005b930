// Sources and related articles: what is picked becomes a line that can be unticked. Leaving with unsaved words asks.
const editor = document.getElementById("editor");
let unsaved = false;

for (const input of editor.querySelectorAll("[data-pick]")) {
  input.addEventListener("input", (event) => {
    const options = [...document.getElementById(input.getAttribute("list")).options];
    const option = options.find((o) => o.value === input.value.trim());
    if (!option || (event.inputType && event.inputType !== "insertReplacementText")) return;
    take(input, option);
  });
  input.addEventListener("change", () => {
    const options = [...document.getElementById(input.getAttribute("list")).options];
    const option = options.find((o) => o.value === input.value.trim());
    if (option) take(input, option);
  });
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); input.blur(); } });
}

function take(input, option) {
  const list = document.getElementById(input.dataset.pick);
  const known = [...list.querySelectorAll("input")].find((box) => box.value === option.value);
  if (known) known.checked = true;
  else {
    const line = document.createElement("li");
    const label = Object.assign(document.createElement("label"), { className: "tick" });
    const box = Object.assign(document.createElement("input"), { type: "checkbox", name: input.dataset.name, value: option.value, checked: true });
    const words = document.createElement("span");
    words.textContent = `${option.textContent} · ${option.value}`;
    label.append(box, " ", words);
    line.append(label);
    list.append(line);
  }
  input.value = "";
  editor.dispatchEvent(new Event("change", { bubbles: true }));
}

editor.addEventListener("input", () => { unsaved = true; });
editor.addEventListener("submit", () => { unsaved = false; });
new MutationObserver(() => { if (!document.querySelector("#saved.refused")) unsaved = false; }).observe(editor.querySelector(".bar-words"), { childList: true });
window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
