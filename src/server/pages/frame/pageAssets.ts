/** The style sheet and the script. Their names contain a hash of the content, so browsers may cache them for ever. */
import { hash } from "node:crypto";
import { styleFile, styleSheet } from "../../../reporting/styleSheet.ts";

/** The only script of the pages: refreshes the values of the live page in place, so that focus and scroll position stay. */
const LIVE_SCRIPT = `
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

const style = styleSheet() + styleFile("pages.css", import.meta.url);

function asset(extension: string, type: string, text: string) {
  const name = hash("sha256", text).slice(0, 16);
  return { address: `/ui/assets/${name}.${extension}`, type: `${type}; charset=utf-8`, text };
}

export const pageAssets = {
  style: asset("css", "text/css", style),
  script: asset("js", "text/javascript", LIVE_SCRIPT),
};
