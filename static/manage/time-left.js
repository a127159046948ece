// Says beside a pairing code how long it is still good; the page tells the moment itself without this.

const place = document.getElementById("time-left");

if (place) {
  const ends = Date.now() + Number(place.dataset.seconds) * 1000;

  const tell = () => {
    const seconds = (ends - Date.now()) / 1000;
    const words = (seconds <= 0 ? place.dataset.over : seconds < 60 ? place.dataset.last : place.dataset.minutes) ?? "";
    const text = words.replace("{minutes}", String(Math.round(seconds / 60)));
    if (place.textContent !== text) place.textContent = text;
    if (seconds > 0) setTimeout(tell, 5000);
  };
  tell();
}
