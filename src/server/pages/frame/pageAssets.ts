/** The style sheet and the script. Their names contain a hash of the content, so browsers may cache them for ever. */
import { createHash } from "node:crypto";
import { pageStyle } from "./pageStyle.ts";

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

let made: ReturnType<typeof make> | undefined;

/** The addresses of the style sheet and the script, and both by the last segment of their path. */
export function pageAssets() {
  return (made ??= make());
}

function make() {
  const style = pageStyle();
  const [styleName, scriptName] = [`${digest(style)}.css`, `${digest(LIVE_SCRIPT)}.js`];
  const byName = new Map([
    [styleName, { type: "text/css; charset=utf-8", text: style }],
    [scriptName, { type: "text/javascript; charset=utf-8", text: LIVE_SCRIPT }],
  ]);
  return { style: `/ui/assets/${styleName}`, script: `/ui/assets/${scriptName}`, byName };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
