/** The only script of the pages: refreshes the values of the live page in place, so that focus and scroll position stay. */

export const LIVE_SCRIPT = `
const live = document.getElementById("live");
const button = document.getElementById("pause");
const seconds = Number(live.dataset.refresh);
let paused = false;
button.hidden = false;
button.addEventListener("click", () => {
  paused = !paused;
  button.textContent = paused ? "Resume updates" : "Pause updates";
  button.setAttribute("aria-pressed", String(paused));
});
const update = async () => {
  if (paused || document.hidden) return;
  try {
    const reply = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!reply.ok || reply.redirected) return;
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById("live");
    if (fresh && !paused) live.replaceChildren(...fresh.childNodes);
  } catch {
    document.getElementById("update-status").textContent = "The server does not respond; these values are out of date.";
  }
};
setInterval(update, seconds * 1000);
`;
