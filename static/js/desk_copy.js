/* Print buttons: <button data-print hidden>. Copy buttons: <button data-copy="id of a field" data-copied="word"> puts its text on the clipboard and says so in #<id>_copied.
   Without JavaScript the button stays hidden and the field can be selected. */
(function () {
  "use strict";
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  document.querySelectorAll("[data-copy]").forEach((button) => {
    const field = document.getElementById(button.dataset.copy);
    const said = document.getElementById(button.dataset.copy + "_copied");
    if (!field) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.focus();
      field.select();
      try {
        if (!navigator.clipboard) throw new Error("no clipboard outside of a secure context");
        await navigator.clipboard.writeText(field.value);
      } catch (_error) {
        if (!document.execCommand("copy")) return;  /* the text is selected: Ctrl+C does it */
      }
      if (said) said.textContent = button.dataset.copied;
    });
  });
})();
