/** The style sheet of the pages: that of the report, and rules for pages only. */
import { readFileSync } from "node:fs";
import { colours, darkColours } from "../../../plots/theme.ts";
import { styleSheet } from "../../../reporting/styleSheet.ts";

export function pageStyle(): string {
  return `${styleSheet()}${colour}${readFileSync(new URL("pages.css", import.meta.url), "utf8")}`;
}

const colour = `
:root{--accent:${colours.accent};--up:${colours.contrast};--before:${colours.grey};--grid:${colours.grid};--button:#0060a0;--button-ink:#fff}
@media (prefers-color-scheme:dark){:root{--accent:${darkColours.accent};--up:${darkColours.contrast};--before:${darkColours.grey};--grid:${darkColours.grid};--button:#9ccaff;--button-ink:#06223d}}
`;
