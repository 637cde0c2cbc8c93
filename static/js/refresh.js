/* Parts that refresh themselves ([data-refresh] with htmx polling): not while the tab is hidden, without losing focus, scroll
   or opened details, and with a word when the connection is gone. Words come from the data- attributes of #connection. */
(function () {
  "use strict";
  const kept = new Map();
  let lostSince = null;
  const PATIENCE = 15000;

  const refreshing = (event) => event.target instanceof Element && event.target.closest("[data-refresh]");
  const clock = (date) => String(date.getHours()).padStart(2, "0") + ":" + String(date.getMinutes()).padStart(2, "0");

  function say(lost) {
    const place = document.getElementById("connection");
    if (!place) return;
    if (lost && !lostSince) {
      lostSince = new Date();
      place.textContent = place.dataset.lost.replace("{time}", clock(lostSince));
    } else if (!lost && lostSince) {
      lostSince = null;
      place.textContent = place.dataset.back;
      setTimeout(() => { if (!lostSince) place.textContent = ""; }, 4000);
    }
  }

  /* The way from the part to an element inside it that survives its replacement: an id, a link's address, a field's name, an index. */
  function wayTo(part, element) {
    if (!element || !part.contains(element) || element === part) return null;
    if (element.id) return "#" + CSS.escape(element.id);
    if (element.name) return element.localName + "[name=\"" + CSS.escape(element.name) + "\"]";
    const href = element.getAttribute("href");
    if (href) return "a[href=\"" + CSS.escape(href) + "\"]";
    return null;
  }

  /* A server that says nothing at all, because its database is locked for instance, is as good as gone: say so, and ask again. */
  document.addEventListener("htmx:configRequest", (event) => { if (refreshing(event)) event.detail.timeout = PATIENCE; });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (refreshing(event) && document.hidden) event.preventDefault();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const part = event.detail.target;
    if (!part || !part.matches || !part.matches("[data-refresh]")) return;
    const asked = new URL(event.detail.requestConfig.path, window.location.href).pathname;
    const answered = event.detail.xhr.responseURL && new URL(event.detail.xhr.responseURL).pathname;
    if (answered && answered !== asked) {  /* sent elsewhere, to the sign-in page for instance: never into a part of this page */
      event.detail.shouldSwap = false;
      window.location.reload();
      return;
    }
    kept.set(part.id, {
      focus: wayTo(part, document.activeElement),
      open: [...part.querySelectorAll("details")].map((d) => d.open),
      scroll: [...part.querySelectorAll(".scroll")].map((s) => [s.scrollLeft, s.scrollTop]),
    });
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const part = event.target instanceof Element && event.target.closest("[data-refresh]");
    const was = part && kept.get(part.id);
    if (!was) return;
    kept.delete(part.id);
    part.querySelectorAll("details").forEach((d, i) => { if (was.open[i]) d.open = true; });
    part.querySelectorAll(".scroll").forEach((s, i) => { if (was.scroll[i]) [s.scrollLeft, s.scrollTop] = was.scroll[i]; });
    const place = was.focus && part.querySelector(was.focus);
    if (place) place.focus({ preventScroll: true });
  });

  document.addEventListener("htmx:sendError", (event) => { if (refreshing(event)) say(true); });
  document.addEventListener("htmx:timeout", (event) => { if (refreshing(event)) say(true); });
  document.addEventListener("htmx:responseError", (event) => {
    if (!refreshing(event)) return;
    const status = event.detail.xhr.status;
    if (status === 401 || status === 403) window.location.reload();  /* signed out meanwhile: show it */
    else say(true);
  });
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) say(false); });

  document.addEventListener("visibilitychange", () => {
    if (document.hidden || !window.htmx) return;
    document.querySelectorAll("[data-refresh]").forEach((part) => window.htmx.trigger(part, "wake"));
  });
})();
