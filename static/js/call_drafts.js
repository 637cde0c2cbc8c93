/* Unfinished calls: what is typed is kept in this browser at once and on the server a moment later, and offered back after a
   crash. Cleared when the call is saved or discarded, and by call_forget.js when its officer signs out. What the server does not
   have yet goes there with the next opening of the form; a colleague's waits for the colleague. */
(function () {
  "use strict";
  const PREFIX = "call:";
  const KEPT = 30 * 24 * 3600;  /* seconds: as long as the server keeps a draft */
  const SERVER_DELAY = 1200;  /* ms after the last key */
  const SKIPPED = ["csrfmiddlewaretoken", "form_key"];
  let timer = null;
  let done = false;

  const form = () => document.getElementById("call");
  const slot = (owner, key) => PREFIX + owner + ":" + key;
  const mine = () => slot(form().dataset.owner, form().dataset.keyOfCall);

  function stored(fn) {
    try { return fn(window.localStorage); } catch (error) { return null; }  /* full or forbidden: the server's draft remains */
  }

  function collect() {
    const fields = {};
    for (const [name, value] of new FormData(form())) if (!SKIPPED.includes(name)) fields[name] = value;
    return fields;
  }

  function touched(fields) {
    return ["number", "venue_q", "place", "content", "name", "answer", "topic"].some((name) => (fields[name] || "").trim());
  }

  function keepHere() {
    const fields = collect();
    if (done || !touched(fields)) return;
    stored((storage) => storage.setItem(mine(), JSON.stringify({ at: Date.now() / 1000, fields, url: form().dataset.draftUrl })));
  }

  function keepThere() {
    timer = null;
    if (done || !form() || !touched(collect())) return;
    const name = mine(), sent = stored((storage) => storage.getItem(name));
    upload(new URLSearchParams(new FormData(form())), true).then((there) => { if (there) mark(name, sent); });
  }

  /* Whether the server has it now. */
  function upload(body, keepalive) {
    return fetch(form().dataset.draftUrl, { method: "POST", body, headers: { "HX-Request": "true" }, keepalive })
      .then((answer) => answer.status === 204).catch(() => false);
  }

  /* Note that the server has what was stored, unless more was typed since. */
  function mark(name, sent) {
    stored((storage) => {
      if (sent && storage.getItem(name) === sent) storage.setItem(name, JSON.stringify({ ...JSON.parse(sent), there: true }));
    });
  }

  function changed() {
    if (done) return;
    keepHere();
    clearTimeout(timer);
    timer = setTimeout(keepThere, SERVER_DELAY);
  }

  function pause() { clearTimeout(timer); timer = null; }

  function forget(owner, key) {
    stored((storage) => storage.removeItem(slot(owner, key)));
  }

  /* The call is at its end: nothing of it stays here. */
  function finish() {
    done = true;
    pause();
    forget(form().dataset.owner, form().dataset.keyOfCall);
  }

  function fill(fields) {
    [...form().elements].forEach((element) => {
      if (!element.name || SKIPPED.includes(element.name) || element.matches("button")) return;
      if (element.type === "radio") element.checked = (fields[element.name] || "") === element.value;
      else if (element.type === "checkbox") element.checked = element.name in fields;
      else if (element.name in fields) element.value = fields[element.name];
    });
    form().dispatchEvent(new CustomEvent("call:restored", { bubbles: true, detail: fields }));
  }

  function restore() {
    const kept = JSON.parse(stored((storage) => storage.getItem(mine())) || "null");
    const there = Number(form().dataset.draftAt || 0);
    if (kept && kept.at > there) { fill(kept.fields); return true; }
    return false;
  }

  /* Drafts that only this browser knows (the server was away): into the strip, unless they were saved meanwhile. */
  function offer() {
    const owner = form().dataset.owner;
    const strip = document.getElementById("call_unfinished");
    const known = new Set([...strip.querySelectorAll("[data-draft]")].map((a) => a.dataset.draft).concat(form().dataset.keyOfCall));
    const keys = [];
    stored((storage) => {
      Object.keys(storage).filter((name) => name.startsWith(PREFIX)).forEach((name) => {
        const [, whose, key] = name.split(":");
        if (whose === owner) keys.push(key);
        else if ((JSON.parse(storage.getItem(name)).at || 0) < Date.now() / 1000 - KEPT) storage.removeItem(name);
      });
    });
    if (!keys.length) return;
    const body = new URLSearchParams({ keys: keys.join(","), csrfmiddlewaretoken: form().elements.csrfmiddlewaretoken.value });
    fetch(form().dataset.draftUrl, { method: "POST", body, headers: { "HX-Request": "true" } })
      .then((answer) => (answer.ok ? answer.json() : { saved: [] })).catch(() => ({ saved: [] }))
      .then((answer) => {
        keys.forEach((key) => {
          if (answer.saved.includes(key)) forget(owner, key);
          else if (!known.has(key)) {
            bring(owner, key);
            const link = document.createElement("a");
            link.href = "?draft=" + encodeURIComponent(key);
            link.dataset.draft = key;
            link.textContent = strip.dataset.word;
            strip.append(link);
            strip.hidden = false;
          }
        });
      });
  }

  /* A draft that the server does not have goes there, so that it is not this browser's alone. */
  function bring(owner, key) {
    const name = slot(owner, key), kept = stored((storage) => storage.getItem(name));
    if (!kept || JSON.parse(kept).there) return;
    const token = form().elements.csrfmiddlewaretoken.value;
    const body = new URLSearchParams({ ...JSON.parse(kept).fields, form_key: key, csrfmiddlewaretoken: token });
    upload(body, false).then((there) => { if (there) mark(name, kept); });
  }

  window.callDraft = { changed, finish, pause, fill };

  const savedBefore = document.getElementById("call_saved");
  if (savedBefore) forget(savedBefore.dataset.owner, savedBefore.dataset.keyOfCall);
  if (!form()) return;
  window.history.replaceState(null, "", "?draft=" + encodeURIComponent(form().dataset.keyOfCall));  /* a reload finds it again */
  document.addEventListener("input", (event) => { if (form().contains(event.target)) changed(); });
  document.addEventListener("change", (event) => { if (form().contains(event.target)) changed(); });
  window.addEventListener("pagehide", () => { if (timer) { pause(); keepThere(); } });
  document.getElementById("call_discard").addEventListener("submit", finish);
  document.addEventListener("DOMContentLoaded", () => {
    if (restore()) {
      const note = document.createElement("p");
      note.className = "notice tone-info";
      note.textContent = form().dataset.restored;
      document.getElementById("call_state").replaceChildren(note);
    }
    offer();
  });
})();
