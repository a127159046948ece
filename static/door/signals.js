// Sound and vibration. Browsers allow sound only after a touch: `wake` is called by the first one. Getting it ready takes
// a tenth of a second, in which nothing else happens: that is done while the page starts, not before the first verdict.

const NOTE = 0.13;

/** @type {AudioContext | null} */
let audio = null;

/** Gets the sound ready; it is silent until `wake`. */
export function prepareSound() {
  try {
    audio ??= new AudioContext();
  } catch {
    audio = null; // A phone without sound still shows and vibrates.
  }
}

/** Allows the sound; has to be called from a touch or a key. */
export function wake() {
  // A kiosk starts by itself: before the first touch the browser would only complain.
  if (navigator.userActivation && !navigator.userActivation.hasBeenActive) return;
  if (audio?.state === "suspended") void audio.resume().catch(() => undefined);
}

/** @param {import("./looks.js").Look} look */
export function signal(look) {
  navigator.vibrate?.(look.pulse);
  if (!audio || audio.state !== "running") return;
  look.melody.forEach((frequency, position) => playNote(frequency, position * NOTE, look.voice));
}

/**
 * @param {number} frequency
 * @param {number} delay seconds
 * @param {OscillatorType} voice
 */
function playNote(frequency, delay, voice) {
  if (!audio) return;
  const begin = audio.currentTime + delay;
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.type = voice;
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(0.0001, begin);
  volume.gain.exponentialRampToValueAtTime(0.6, begin + 0.015);
  volume.gain.exponentialRampToValueAtTime(0.0001, begin + NOTE);
  tone.connect(volume).connect(audio.destination);
  tone.start(begin);
  tone.stop(begin + NOTE);
}
