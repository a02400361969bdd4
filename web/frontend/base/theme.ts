// Light, dark, or as the system says. Runs before the page is drawn, so that it does not flash.

const THEMES = ["auto", "light", "dark"];
const KEY = "rerun-trace-theme";

function setTheme(theme: string) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const button = document.getElementById("theme");
  if (button) button.textContent = `Theme: ${theme}`;
  document.dispatchEvent(new Event("themechange"));
}

function savedTheme() {
  try {
    const saved = localStorage.getItem(KEY) ?? "";
    return THEMES.includes(saved) ? saved : "auto";
  } catch {
    return "auto"; // storage is switched off
  }
}

setTheme(savedTheme());
document.documentElement.classList.add("scripted"); // what is for readers without scripts goes
// A report shows its page later than its document (`pageshown`).
for (const shown of ["DOMContentLoaded", "pageshown"]) {
  document.addEventListener(shown, () =>
    setTheme(document.documentElement.dataset.theme ?? "auto"),
  );
}
document.addEventListener("click", ({ target }) => {
  if (!(target instanceof Element) || !target.closest("#theme")) return;
  const current = document.documentElement.dataset.theme ?? "auto";
  const next = THEMES[(THEMES.indexOf(current) + 1) % THEMES.length] ?? "auto";
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // The choice then holds for this page only.
  }
  setTheme(next);
});

export {};
