/* The sound of the desk: a short tone at each refresh while a critical complaint is unsigned (data-alarm of #desk), once somebody
   armed it. That it is armed is remembered in this browser; where the browser allows no sound before a key or a click, a warning
   stands on the page while there is something to hear. No file is played: the browser makes the tone. */
(function () {
  "use strict";
  const REMEMBERED = "desk-sound";
  const button = document.getElementById("desk_sound");
  const warning = document.getElementById("desk_silent");
  const AudioContext = window.AudioContext || window.webkitAudioContext;
  let audio = null;

  function remembered(choice) {
    try {
      if (choice !== undefined) window.localStorage.setItem(REMEMBERED, choice);
      return window.localStorage.getItem(REMEMBERED);
    } catch (error) { return null; }  /* forbidden: it is off again with the next page */
  }

  const armed = () => Boolean(audio) && audio.state === "running";
  const alarms = () => Number((document.getElementById("desk") || { dataset: {} }).dataset.alarm || 0);

  function beep() {
    [0, 0.3].forEach((wait) => {
      const tone = audio.createOscillator();
      const loudness = audio.createGain();
      const from = audio.currentTime + wait;
      tone.frequency.value = 880;
      loudness.gain.setValueAtTime(0.15, from);
      loudness.gain.exponentialRampToValueAtTime(0.001, from + 0.25);
      tone.connect(loudness).connect(audio.destination);
      tone.start(from);
      tone.stop(from + 0.25);
    });
    document.dispatchEvent(new CustomEvent("desk:beep"));
  }

  function show() {
    button.textContent = armed() ? button.dataset.on : button.dataset.off;
    warning.hidden = armed() || alarms() === 0;
  }

  function listen() {
    if (armed() && alarms() > 0) beep();
    show();
  }

  async function arm() {
    audio = audio || new AudioContext();
    audio.onstatechange = show;  /* the system may take the sound away again */
    await audio.resume();
    listen();
  }

  async function disarm() {
    const gone = audio;
    audio = null;
    await gone.close();
    show();
  }

  if (!button) return;
  if (!AudioContext) {
    show();
    return;
  }
  button.hidden = false;
  button.addEventListener("click", () => {
    if (armed()) {
      remembered("off");
      disarm();
    } else {
      remembered("on");
      arm();
    }
  });
  /* armed before: this page sounds too, at the latest with the first key or click on it */
  if (remembered() === "on") {
    arm();
    ["keydown", "pointerdown"].forEach((kind) => document.addEventListener(kind, (event) => {
      if (event.target !== button && remembered() === "on" && !armed()) arm();
    }));
  }
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target instanceof Element && event.target.closest("#desk")) listen();
  });
  show();
})();
