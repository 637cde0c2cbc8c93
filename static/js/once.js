/* A form is sent once: after the first press its buttons rest until the page is shown again. data-many on a form or its button
   leaves it alone (downloads, searches). The server counts once anyway (form_key); this only spares the second press. */
(function () {
  "use strict";

  function rest(form, busy) {
    const buttons = [...form.elements].filter((e) => e.matches("button:not([type=button]):not([type=reset]), input[type=submit]"));
    buttons.forEach((button) => {
      if (busy && button.disabled) return;
      if (!busy && button.getAttribute("aria-busy") !== "true") return;
      button.disabled = busy;
      if (busy) button.setAttribute("aria-busy", "true"); else button.removeAttribute("aria-busy");
    });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (form.method !== "post" || form.hasAttribute("data-many") || (button && button.hasAttribute("data-many"))) return;
    /* after the browser has read the pressed button's value; not when another script stopped the submission */
    setTimeout(() => { if (!event.defaultPrevented) rest(form, true); }, 0);
  });
  document.addEventListener("htmx:beforeRequest", (event) => { if (event.target instanceof HTMLFormElement) rest(event.target, true); });
  document.addEventListener("htmx:afterRequest", (event) => { if (event.target instanceof HTMLFormElement) rest(event.target, false); });
  window.addEventListener("pageshow", () => [...document.forms].forEach((form) => rest(form, false)));
})();
