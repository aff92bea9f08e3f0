/** A plot as figure: heading, picture, and a sentence that tells what is seen. */
import { renderSvg } from "../plots/render.ts";
import type { PlotSpec } from "../plots/theme.ts";
import { html, trusted } from "./html.ts";
import type { Html } from "./html.ts";

/** Smaller than this share of its size a plot cannot be read: on a telephone it scrolls in its frame instead. */
const LEAST_SCALE = 0.62;
const MOST_KEPT = 620;

/**
 * Draws a figure, here or in a thread.
 * @param id starts with a letter, distinct in the page
 */
export type DrawFigure = (id: string, spec: PlotSpec) => Promise<Html>;

/** @param id starts with a letter, distinct in the page */
export async function plotFigure(id: string, spec: PlotSpec): Promise<Html> {
  const { title: _, ...untitled } = spec;
  // The page shows the title as text; the picture is clear, so that it lies on light and dark cards alike.
  const svg = await renderSvg({
    ...untitled,
    title: { text: "", subtitle: "" },
    background: "transparent",
    padding: 4,
  });
  const { text, subtitle } = spec.title;
  return html`<figure class="plot" role="group" aria-labelledby="${id}-title">
    <h3 id="${id}-title">${text}${subtitle !== "" && html` <small>${subtitle}</small>`}</h3>
    <div class="picture">${inlined(svg, { id, label: `${text}. ${spec.description}` })}</div>
    <figcaption>${spec.description}</figcaption>
  </figure>`;
}

/** Ids of one page must differ from plot to plot; a plot never grows beyond its own size. */
function inlined(svg: string, { id, label }: { id: string; label: string }): Html {
  const end = svg.indexOf(">") + 1;
  const [, width, height] = / width="([\d.]+)" height="([\d.]+)"/.exec(svg.slice(0, end)) ?? ["", "400", "300"];
  const least = Math.ceil(Math.min(Number(width), MOST_KEPT) * LEAST_SCALE);
  const inner = svg
    .slice(end, svg.lastIndexOf("</svg>"))
    .replace(/<path[^>]* d="" [^>]*>|<path class="background" [^>]*>/g, "")
    .replace(/<[^>]*>/g, (tag) => bare(tag).replace(/\bshape(\d+)\b(?=["')])/g, `${id}-shape$1`));
  return html`<svg
    class="vega"
    role="img"
    aria-label="${label}"
    width="${width}"
    height="${height}"
    viewBox="0 0 ${width} ${height}"
    style="max-width:${width}px;min-width:${least}px"
  >
    ${trusted(inner)}
  </svg>`;
}

/** The page sets the font; the other attributes say what is so anyway. */
function bare(tag: string): string {
  return tag.replace(/ (?:font-family|pointer-events|class)="[^"]*"| opacity="1"/g, "");
}
