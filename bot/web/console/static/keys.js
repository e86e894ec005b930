// A letter presses the button that carries it, when nobody is typing. A button with data-needs asks for that field first.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
  const button = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!button) return;
  event.preventDefault();
  const field = button.dataset.needs && document.getElementById(button.dataset.needs);
  if (field && !field.value.trim()) field.focus();
  else button.click();
});
