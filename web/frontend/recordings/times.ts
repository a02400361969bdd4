// Moments in the browser's own zone: of today, how long ago; else the day. The server says UTC.

const two = (number: number) => String(number).padStart(2, "0");

const day = (at: Date) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;

/** `just now`, `5 min ago`, `3 h ago`; of another day `2026-05-04 12:30`. */
export function told(at: Date, now: Date) {
  const minutes = Math.floor((now.getTime() - at.getTime()) / 60_000);
  if (day(at) !== day(now) || minutes < -1) {
    return `${day(at)} ${two(at.getHours())}:${two(at.getMinutes())}`;
  }
  if (minutes < 1) return "just now";
  return minutes < 60 ? `${minutes} min ago` : `${Math.floor(minutes / 60)} h ago`;
}

/** `2026-05-04 12:30:15 UTC+02:00` */
export function exact(at: Date) {
  const ahead = -at.getTimezoneOffset();
  const zone = `${two(Math.floor(Math.abs(ahead) / 60))}:${two(Math.abs(ahead) % 60)}`;
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":");
  return `${day(at)} ${time} UTC${ahead < 0 ? "-" : "+"}${zone}`;
}

const AGAIN = 30_000; // ms

/** Tells every `<time>` on the page so. */
function showTimes() {
  const now = new Date();
  for (const time of document.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    time.textContent = told(at, now);
    time.title = exact(at);
  }
}

/** Tells them now, and again as time goes by; on paper, where none does, each exactly. */
export function keepTimes() {
  showTimes();
  setInterval(showTimes, AGAIN);
  addEventListener("afterprint", showTimes);
  addEventListener("beforeprint", () => {
    for (const time of document.querySelectorAll("time")) time.textContent = time.title;
  });
}
