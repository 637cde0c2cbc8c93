/* Keyboard shortcuts: <button data-key="1"> or <a data-key="ctrl+enter"> is pressed by its key. Plain keys are left alone while
   somebody types in a field; combinations with Ctrl or Alt work everywhere. */
(function () {
  "use strict";

  function nameOf(event) {
    const names = [];
    if (event.ctrlKey || event.metaKey) names.push("ctrl");
    if (event.altKey) names.push("alt");
    if (event.shiftKey && event.key.length > 1) names.push("shift");
    names.push(event.key.toLowerCase());
    return names.join("+");
  }

  function typing(element) {
    if (!element) return false;
    if (element.isContentEditable || element.matches("textarea, select")) return true;
    return element.matches("input") && !["button", "checkbox", "radio", "submit", "reset", "file"].includes(element.type);
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    const combined = event.ctrlKey || event.metaKey || event.altKey;
    if (!combined && (typing(document.activeElement) || event.key.length > 1)) return;
    const wanted = nameOf(event);
    const fits = (element) => element.dataset.key.toLowerCase() === wanted && !element.disabled && element.offsetParent !== null;
    /* the form one stands in first, so that two forms on one page may share a key */
    const near = document.activeElement && document.activeElement.closest("form");
    const target = (near && [...near.querySelectorAll("[data-key]")].find(fits)) || [...document.querySelectorAll("[data-key]")].find(fits);
    if (!target) return;
    event.preventDefault();
    if (target.matches("input:not([type=submit]):not([type=button]), select, textarea")) target.focus();
    else target.click();
  });
})();
