/** The style sheet of the pages: that of the report, and rules for pages only. */
import { readFileSync } from "node:fs";
import { colours, darkColours, series } from "../../../plots/theme.ts";
import { styleSheet } from "../../../reporting/styleSheet.ts";

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
:root{--accent:${colours.accent};--up:${colours.contrast};--before:${colours.grey};--grid:${colours.grid};--button:#0060a0;--button-ink:#fff}
@media (prefers-color-scheme:dark){:root{--accent:${darkColours.accent};--up:${darkColours.contrast};--before:${darkColours.grey};--grid:${darkColours.grid};--button:#9ccaff;--button-ink:#06223d}}
`;
