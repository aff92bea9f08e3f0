/** The style sheet and the script. Their names contain a hash of the content, so browsers may cache them for ever. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { colours, darkColours, series } from "../../../plots/theme.ts";
import { styleSheet } from "../../../reporting/styleSheet.ts";

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

export function pageStyle(): string {
  return `${styleSheet()}${colour}${palette}${readFileSync(new URL("pages.css", import.meta.url), "utf8")}`;
}

/** The curves of a comparison, in the order of their letters. */
const palette = series
  .map((colour, i) => {
    const name = (Object.keys(colours) as (keyof typeof colours)[]).find((each) => colours[each] === colour)!;
    const rule = (value: string): string =>
      `.chart .c${i}{fill:${value}}.key.k${i}::before{border-top:10px solid ${value}}`;
    return `${rule(colour)}@media (prefers-color-scheme:dark){${rule(darkColours[name])}}`;
  })
  .join("");

const colour = `
:root{--accent:${colours.accent};--up:${colours.contrast};--grid:${colours.grid};--button:#0060a0;--button-ink:#fff}
@media (prefers-color-scheme:dark){:root{--accent:${darkColours.accent};--up:${darkColours.contrast};--grid:${darkColours.grid};--button:#9ccaff;--button-ink:#06223d}}
`;
