/* The call form without a mouse: Enter goes on in the order of speech, keys choose in groups, what is known of a number and a venue
   and duplicates appear. Saving is in call_save.js. */
(function () {
  "use strict";
  const SOON = 120;  /* ms after the last key of a number that is not complete */
  const COMPLETE = /^((\+?86)?1[3-9]\d{9}|0\d{10,11})$/;
  const form = () => document.getElementById("call");
  const field = (name) => form().elements[name];
  const chosen = (name) => form().querySelector("[name=" + name + "]:checked");
  let opened = Date.now();
  let historyTimer = null;
  let wanted = false;  /* Enter was pressed in the venue search before its results came */
  let wantedVenue = "";  /* the venue of a restored draft */

  /* --- the order of speech ------------------------------------------------------------------------------------------- */
  function stops() {
    return [...form().querySelectorAll("[data-speech], [name=venue_q]")].filter((stop) => stop.offsetParent !== null);
  }

  function enter(stop) {
    const target = stop.matches("fieldset") ? stop.querySelector("input:checked") || stop.querySelector("input") : stop;
    if (target) target.focus();
  }

  function goOn(from, skip) {
    const all = stops();
    const place = all.findIndex((stop) => stop === from || stop.contains(from));
    let next = all[place + 1];
    if (skip && next && next.dataset.speech === skip) next = all[place + 2];
    if (next) enter(next);
    else form().querySelector("[data-key='ctrl+enter']").focus();
  }

  function choose(radio) {
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  }

  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (!form() || !form().contains(at) || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const group = at.closest("fieldset[data-keys]");
    if (group && at.type === "radio" && event.key.length === 1) {
      const label = [...group.querySelectorAll("[data-choice]")].find((l) => l.dataset.choice === event.key.toLowerCase());
      if (label) {
        event.preventDefault();
        choose(label.querySelector("input"));
        goOn(at);
        return;
      }
    }
    if (at.name === "venue_q" && event.key === "ArrowDown") {
      const first = form().querySelector("#venue_search input[type=radio]");
      if (first) { event.preventDefault(); first.focus(); choose(first); }
      return;
    }
    if (event.key !== "Enter" || at.matches("textarea, button, summary, a")) return;
    event.preventDefault();  /* Enter alone never saves */
    if (at.name === "venue_q") return takeVenue(at);
    if (at.name === "venue") { onlyChosen(true); return goOn(field("venue_q"), "place"); }
    goOn(at);
  });

  /* --- the venue ----------------------------------------------------------------------------------------------------- */
  function takeVenue(search) {
    if (!search.value.trim()) return goOn(search);
    if (search.dataset.shown === search.value.trim()) {
      const radio = chosen("venue") || form().querySelector("#venue_search input[type=radio]");
      if (radio) { choose(radio); onlyChosen(true); goOn(search, "place"); } else goOn(search);
    } else wanted = true;
  }

  /* Once chosen, one row of the results is enough; back in the search all of them are there again. */
  function onlyChosen(only) {
    form().querySelectorAll("#venue_search tbody tr").forEach((row) => { row.hidden = only && !row.querySelector("input:checked"); });
  }
  document.addEventListener("focusin", (event) => { if (form() && event.target === field("venue_q")) onlyChosen(false); });

  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target.name === "venue_q") event.target.dataset.asked = event.target.value.trim();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!form()) return;
    if (document.getElementById("venue_search") && event.detail.requestConfig.elt.name === "venue_q") {
      const search = field("venue_q");
      search.dataset.shown = search.dataset.asked;
      const again = wantedVenue && document.getElementById("venue_" + wantedVenue);
      if (again) again.checked = true;
      wantedVenue = "";
      venueChanged();
      if (wanted) { wanted = false; takeVenue(search); }
    }
    if (event.detail.target.id === "call_venue") fillPlace(event.detail.target.querySelector("[data-venue]"));
  });

  function venueChanged() {
    const panel = document.getElementById("call_venue");
    if (chosen("venue")) window.htmx.trigger(panel, "check");
    else panel.replaceChildren();
    duplicatesSoon();
  }

  function fillPlace(known) {
    if (!known || form().dataset.filledFrom === known.dataset.venue) return;
    form().dataset.filledFrom = known.dataset.venue;
    const district = document.getElementById("district_" + known.dataset.district);
    if (district) district.checked = true;
    streets();
    if (known.dataset.street) field("street").value = known.dataset.street;
    window.callDraft.changed();
  }

  /* --- what depends on what ------------------------------------------------------------------------------------------ */
  function streets() {
    const district = chosen("district");
    [...field("street").options].forEach((option) => {
      option.hidden = option.disabled = Boolean(option.value && district && option.dataset.district !== district.value);
    });
    if (field("street").selectedOptions[0] && field("street").selectedOptions[0].disabled) field("street").value = "";
  }

  function depend() {
    const topic = chosen("topic");
    const going = chosen("ongoing") && chosen("ongoing").value === "yes";
    const proposed = topic ? (going ? topic.dataset.urgencyOngoing : topic.dataset.urgency) : "";
    document.getElementById("call_proposed").textContent = proposed;
    const lists = document.getElementById("call_checklists");
    lists.querySelectorAll("[data-checklist]").forEach((list) => { list.hidden = !topic || list.dataset.checklist !== topic.value; });
    lists.hidden = !lists.querySelector("[data-checklist]:not([hidden])");
    lists.open = !lists.hidden;
    const other = chosen("urgency") && chosen("urgency").value;
    document.getElementById("call_reason").hidden = !other && !field("urgency_reason").value;
    streets();
  }

  let duplicatesTimer = null;
  function duplicatesSoon() {
    clearTimeout(duplicatesTimer);
    duplicatesTimer = setTimeout(() => window.htmx.trigger(document.getElementById("call_duplicates"), "check"), 250);
  }

  /* a hotline that passes sheets on: its number and deadline are asked for */
  function externalChosen(channel) {
    const more = document.getElementById("call_more");
    if (more.dataset.channels.split(" ").includes(channel)) more.open = true;
  }

  /* A number that is complete is asked for with its last key. */
  function historySoon(number) {
    clearTimeout(historyTimer);
    const ask = () => window.htmx.trigger(number, "ask");
    if (COMPLETE.test(number.value.replace(/[\s()-]/g, ""))) ask();
    else historyTimer = setTimeout(ask, SOON);
  }

  document.addEventListener("change", (event) => {
    if (!form() || !form().contains(event.target)) return;
    if (event.target.name === "venue") venueChanged();
    if (event.target.name === "channel") externalChosen(event.target.value);
    if (["topic", "district"].includes(event.target.name)) duplicatesSoon();
    depend();
  });
  document.addEventListener("input", (event) => {
    if (!form() || !form().contains(event.target)) return;
    if (!field("began").value) field("began").value = Math.max(0, Math.floor((Date.now() - opened) / 1000));
    if (event.target.name === "number") historySoon(event.target);
    if (event.target.name === "place") duplicatesSoon();
    if (event.target.name === "venue_q") wanted = false;
  }, true);
  document.addEventListener("click", (event) => {
    const summary = event.target.closest("#call_answer > summary");
    if (summary) setTimeout(() => { if (summary.parentElement.open) field("answer").focus(); }, 0);
  });
  document.addEventListener("call:restored", (event) => {
    wantedVenue = event.detail.venue || "";
    depend();
    askAgain();
  });

  function askAgain() {
    if (field("venue_q").value && !chosen("venue")) window.htmx.trigger(field("venue_q"), "input");
    else venueChanged();
    if (field("number").value) window.htmx.trigger(field("number"), "ask");
  }

  /* Results that came with the page belong to the words that came with it. */
  function asShown() {
    const search = field("venue_q");
    if (search.value && search.value === search.defaultValue) search.dataset.shown = search.value.trim();
  }

  document.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    if (event.submitter && event.submitter.name === "venue_find") return takeVenue(field("venue_q"));
    window.callSave(event.submitter);
  });

  /* The server's copy of the form took the place of this one. */
  document.addEventListener("call:replaced", () => {
    window.htmx.process(form());
    asShown();
    depend();
  });

  document.addEventListener("DOMContentLoaded", () => {
    if (!form()) return;
    asShown();
    depend();
    const number = field("number");
    number.focus();
    if (form().dataset.draftAt) askAgain();
  });
})();
