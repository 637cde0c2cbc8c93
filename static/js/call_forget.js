/* Who signs out leaves no caller behind in this browser: the drafts of unfinished calls go (the server keeps them, encrypted). */
(function () {
  "use strict";
  document.addEventListener("submit", (event) => {
    if (!new URL(event.target.action, window.location.href).pathname.endsWith("/logout/")) return;
    try {
      Object.keys(window.localStorage).filter((name) => name.startsWith("call:")).forEach((name) => window.localStorage.removeItem(name));
    } catch (error) { /* no storage, nothing kept */ }
  });
})();
