/* The sound of the desk: off until somebody presses the button, then a short tone at each refresh while a critical complaint is
   unsigned (data-alarm of #desk). No file is played: the browser makes the tone. */
(function () {
  "use strict";
  const button = document.getElementById("desk_sound");
  const AudioContext = window.AudioContext || window.webkitAudioContext;
  if (!button || !AudioContext) return;
  let audio = null;

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

  function listen() {
    const desk = document.getElementById("desk");
    if (audio && audio.state === "running" && desk && Number(desk.dataset.alarm) > 0) beep();
  }

  button.hidden = false;
  button.addEventListener("click", async () => {
    if (audio) {
      await audio.close();
      audio = null;
    } else {
      audio = new AudioContext();
      await audio.resume();
      listen();
    }
    button.setAttribute("aria-pressed", String(Boolean(audio)));
    button.textContent = audio ? button.dataset.on : button.dataset.off;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target instanceof Element && event.target.closest("#desk")) listen();
  });
})();
