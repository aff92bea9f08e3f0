/** The style sheet of the report: light and dark, from phones to wide screens, and for print. */
import { readFileSync } from "node:fs";
import { colours, darkColours } from "../plots/theme.ts";

/** report.css after the colours of the plots as variables: --ink, --accent and so on. */
export function styleSheet(): string {
  const names = Object.keys(colours) as (keyof typeof colours)[];
  const root = (own: typeof colours): string => `:root{${names.map((name) => `--${name}:${own[name]}`).join(";")}}`;
  // Plots have the light colours in attributes, so that one SVG fits light and dark pages.
  const ofPlots = names.flatMap((name) =>
    ["fill", "stroke"].map((property) => `.vega [${property}="${colours[name]}"]{${property}:var(--${name})}`),
  );
  const dark = `@media (prefers-color-scheme:dark){${root(darkColours)}}`;
  return `${root(colours)}${dark}${ofPlots.join("")}${styleFile("report.css", import.meta.url)}`;
}

/** The text of a file beside `module`, without line breaks and indentation. */
export function styleFile(name: string, module: string): string {
  return readFileSync(new URL(name, module), "utf8").replace(/\s+/g, " ");
}
