/* Who signs out leaves no caller behind in this browser: the officer's own unfinished calls go. What the server does not have yet is
   sent there first; what cannot be sent stays, for it would be lost. A colleague's calls stay for the colleague. */
(function () {
  "use strict";
  const WAIT = 3000;  /* ms for all of them: nobody waits longer to sign out */

  function own(owner) {
    return Object.keys(window.localStorage).filter((name) => name.startsWith("call:" + owner + ":"))
      .map((name) => ({ name, key: name.split(":")[2], kept: JSON.parse(window.localStorage.getItem(name)) }));
  }

  /* 204: the server has it; 409: it was saved; 400 and 422: it never will be taken. */
  function goes(draft, token, signal) {
    if (draft.kept.there || !draft.kept.url) return Promise.resolve(true);
    const body = new URLSearchParams({ ...draft.kept.fields, form_key: draft.key, csrfmiddlewaretoken: token });
    return fetch(draft.kept.url, { method: "POST", body, headers: { "HX-Request": "true" }, signal })
      .then((answer) => [204, 400, 409, 422].includes(answer.status)).catch(() => false);
  }

  async function forget(form) {
    const giveUp = new AbortController();
    const clock = setTimeout(() => giveUp.abort(), WAIT);
    const token = form.elements.csrfmiddlewaretoken.value;
    await Promise.all(own(form.dataset.owner).map(async (draft) => {
      if (await goes(draft, token, giveUp.signal)) window.localStorage.removeItem(draft.name);
    }));
    clearTimeout(clock);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!new URL(form.action, window.location.href).pathname.endsWith("/logout/")) return;
    event.preventDefault();
    if (window.callDraft) window.callDraft.pause();
    forget(form).catch(() => { /* no storage, nothing kept */ }).finally(() => HTMLFormElement.prototype.submit.call(form));
  });
})();
