// A chat: canned words go into the answer where the cursor is; the talk is read from its end.
const answer = document.getElementById("answer");
for (const link of document.querySelectorAll("a[data-words]")) {
  link.addEventListener("click", (event) => {
    if (!answer) return;
    event.preventDefault();
    const before = answer.value.slice(0, answer.selectionStart);
    const joint = before && !before.endsWith("\n") ? "\n" : "";
    answer.setRangeText(joint + link.dataset.words, answer.selectionStart, answer.selectionEnd, "end");
    answer.focus();
  });
}

const talk = document.querySelector(".talk");
if (talk) {
  let lines = talk.children.length;
  talk.scrollTop = talk.scrollHeight;
  new MutationObserver(() => {
    if (talk.children.length > lines) talk.scrollTop = talk.scrollHeight;
    lines = talk.children.length;
  }).observe(talk, { childList: true });
}

// Ctrl+Enter sends.
answer?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) answer.form.requestSubmit();
});
