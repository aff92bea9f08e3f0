/** The one script of the pages: fetches the page again and puts the new figures in place, so that focus and place stay. */

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
    document.getElementById("told").textContent = "the server does not answer; the figures are old";
  }
};
setInterval(update, seconds * 1000);
`;
