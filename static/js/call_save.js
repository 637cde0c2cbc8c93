/* Saving the call form while somebody goes on speaking. What is typed while the answer is under way is never thrown away: a refusal
   brings the errors and leaves the words, a success shows the later words as a note to be added. A save that finds no server is
   tried again under the same key, with the newest words, as soon as nobody types. */
(function () {
  "use strict";
  const RETRY = 3000;  /* ms between two tries, and after the last key */
  const TIMEOUT = 15000;
  const LEFT_OUT = ["csrfmiddlewaretoken", "form_key", "opened", "began", "then", "result", "add_to"];
  const CALLER = ["name", "number", "withheld"];
  const form = () => document.getElementById("call");
  let sending = false;
  let retry = null;
  let pressed = null;  /* [name, value] of the button, which goes along with every try */
  let unanswered = null;  /* what was sent first and had no answer: it may be what was saved */
  let composing = null;  /* while an input method writes, the form is not replaced */

  function say(words, tone) {
    const note = document.createElement("p");
    note.className = "notice tone-" + tone;
    note.textContent = words;
    document.getElementById("call_state").replaceChildren(...(words ? [note] : []));
    if (words && tone !== "info") document.getElementById("call_state").scrollIntoView({ block: "nearest" });
  }

  function now() {
    const body = new URLSearchParams(new FormData(form()));
    if (pressed) body.append(...pressed);
    return body;
  }

  /* --- what was typed since -------------------------------------------------------------------------------------------- */
  function words(body) {
    return Object.fromEntries([...body].filter(([name]) => !LEFT_OUT.includes(name)));
  }

  /* The fields that say something else now, {name: text}; of a text that was only continued, what was added. */
  function later(since) {
    const before = words(since);
    const after = words(new URLSearchParams(new FormData(form())));
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    const changed = {};
    names.forEach((name) => {
      const was = before[name] || "", is = after[name] || "";
      if (was !== is) changed[name] = is.startsWith(was) && was ? is.slice(was.length).trim() : is;
    });
    return changed;
  }

  function labelOf(name) {
    const at = form().elements[name];
    const element = at instanceof RadioNodeList ? at[0] : at;
    const group = element && element.type === "radio" && element.closest("fieldset");
    const label = group ? group.querySelector("legend") : element && element.labels && element.labels[0];
    return label ? (label.firstChild.textContent || label.textContent).trim() : name;
  }

  function shown(name, value) {
    const at = form().elements[name];
    if (at instanceof RadioNodeList) {
      const chosen = [...at].find((radio) => radio.checked);
      return chosen && chosen.labels[0] ? chosen.labels[0].textContent.replace(/\s+/g, " ").trim() : value;
    }
    if (at && at.matches && at.matches("select")) return at.selectedOptions[0] ? at.selectedOptions[0].textContent.trim() : value;
    return value;
  }

  /* In words for the timeline, which never forgets: without the caller. */
  function asNote(changed) {
    return Object.entries(changed).filter(([name]) => !CALLER.includes(name)).map(([name, value]) => (
      name === "content" ? value : labelOf(name) + ": " + (shown(name, value) || "—"))).filter(Boolean).join("\n");
  }

  /* --- sending --------------------------------------------------------------------------------------------------------- */
  const stopRetrying = () => { clearTimeout(retry); retry = null; };
  const tryAgain = () => { stopRetrying(); retry = setTimeout(() => send(now(), false), RETRY); };

  function lost(body) {
    unanswered = unanswered || body;
    say(form().dataset.lost, "warn");
    tryAgain();
  }

  async function send(body, renewed) {
    if (sending) return;
    sending = true;
    stopRetrying();
    window.callDraft.pause();
    say(form().dataset.saving, "info");
    const giveUp = new AbortController();
    const clock = setTimeout(() => giveUp.abort(), TIMEOUT);
    try {
      const answer = await fetch(form().action, { method: "POST", body, headers: { "HX-Request": "true" }, signal: giveUp.signal });
      const place = answer.headers.get("HX-Redirect");
      const text = await answer.text();
      if (composing) await composing;
      if (answer.ok && place) return await savedAt(place, body);  /* `sending` stays: nothing is sent any more */
      sending = false;
      await refused(answer, text, body, renewed);
    } catch (error) {
      sending = false;
      lost(body);
    } finally {
      clearTimeout(clock);
    }
  }

  /* Saved. What was typed meanwhile is asked about: the server answers with the place where it can be added. */
  async function savedAt(place, body) {
    if (!Object.keys(later(body)).length) {
      window.callDraft.finish();
      window.location.assign(place);
      return;
    }
    try {
      const answer = await fetch(form().action, { method: "POST", body: now(), headers: { "HX-Request": "true" } });
      const part = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("call_saved");
      if (composing) await composing;
      if (part) return showSaved(part, body);
    } catch (error) { /* the words stay where they are */ }
    say(form().dataset.savedLater, "bad");
    const link = document.createElement("a");
    link.href = place;
    link.textContent = place;
    link.target = "_blank";
    document.querySelector("#call_state .notice").append(" ", link);
  }

  function showSaved(part, since) {
    const note = part.querySelector("#call_note");
    const changed = later(since);
    const typed = asNote(changed);
    if (note && CALLER.some((name) => name in changed)) asCall(part.querySelector("#call_rest"), note);
    window.callDraft.finish();
    document.adoptNode(part);
    form().replaceWith(part);
    ["call_discard", "call_duplicates"].forEach((id) => document.getElementById(id).replaceChildren());
    if (!note) return;
    note.value = typed;
    note.focus();
    note.setSelectionRange(note.value.length, note.value.length);
  }

  /* A name or a number that was typed later belongs to a caller, and only a call has one. */
  function asCall(rest, note) {
    const live = new FormData(form());
    rest.action = rest.dataset.callUrl;
    note.name = "content";
    rest.querySelector("button span").textContent = rest.dataset.asCall;
    const fields = { add_to: rest.dataset.addTo };
    [...CALLER, "channel", "wants_reply"].forEach((name) => { if (live.has(name)) fields[name] = live.get(name); });
    Object.entries(fields).forEach(([name, value]) => {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name, value });
      rest.append(input);
    });
  }

  async function refused(answer, text, body, renewed) {
    if (answer.status === 401) return say(form().dataset.signedOut, "bad");
    if (answer.status === 403 && !renewed && (await newToken(body))) return send(body, true);
    if ([429, 502, 503, 504].includes(answer.status)) return lost(body);
    const page = new DOMParser().parseFromString(text, "text/html");
    const again = page.getElementById("call");
    const saved = page.getElementById("call_saved");
    if (saved) return showSaved(saved, unanswered || body);
    if (!again) return say(form().dataset.failed, "bad");
    unanswered = null;  /* refused: nothing of it is saved */
    replace(again, body);
  }

  /* The server's copy, with its errors, takes the place of the form; what was typed meanwhile stays, and so does the caret. */
  function replace(again, body) {
    const typedOn = Object.keys(later(body)).length > 0;
    const live = typedOn ? Object.fromEntries(new FormData(form())) : null;
    const here = document.activeElement;
    const caret = typedOn && form().contains(here) && here.name ? { name: here.name, id: here.id, from: here.selectionStart, to: here.selectionEnd } : null;
    const filledFrom = form().dataset.filledFrom;
    document.adoptNode(again);
    form().replaceWith(again);
    if (filledFrom) again.dataset.filledFrom = filledFrom;
    document.dispatchEvent(new CustomEvent("call:replaced"));
    if (live) window.callDraft.fill(live);
    if (caret && goBack(caret)) return;
    const wrong = again.querySelector("[aria-invalid=true]") || again.querySelector(".error");
    const focusable = wrong && (wrong.matches("input, textarea, select") ? wrong : wrong.parentElement.querySelector("input"));
    (focusable || again.querySelector(".form-errors, #call_warnings")).focus();
  }

  function goBack(caret) {
    const element = (caret.id && document.getElementById(caret.id)) || form().querySelector("[name=" + caret.name + "]");
    if (!element) return false;
    element.focus();
    if (caret.from !== null && caret.from !== undefined && element.setSelectionRange) element.setSelectionRange(caret.from, caret.to);
    return true;
  }

  /* Somebody signed in again in another tab: this page's token is of the old session. */
  async function newToken(body) {
    const answer = await fetch(form().action, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = answer.ok && page.querySelector("#call [name=csrfmiddlewaretoken]");
    const same = token && page.getElementById("call").dataset.owner === form().dataset.owner;
    if (!same) return false;
    form().elements.csrfmiddlewaretoken.value = token.value;
    body.set("csrfmiddlewaretoken", token.value);
    return true;
  }

  window.callSave = (submitter) => {
    if (sending) return;
    pressed = submitter && submitter.name ? [submitter.name, submitter.value] : null;
    send(now(), false);
  };

  document.addEventListener("input", (event) => {
    if (retry && form() && form().contains(event.target)) tryAgain();  /* not in the middle of a sentence */
  }, true);
  document.addEventListener("compositionstart", (event) => {
    if (form() && form().contains(event.target)) {
      composing = new Promise((done) => event.target.addEventListener("compositionend", () => { composing = null; done(); }, { once: true }));
    }
  });
})();
