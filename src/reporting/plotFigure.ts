/** Renders a plot as an HTML figure: heading, picture and a caption that describes it. */
import { renderSvg } from "../plots/render.ts";
import type { PlotSpec } from "../plots/theme.ts";
import { html, trusted, type Html } from "./html.ts";

/** Below this share of its size a plot is unreadable, so on a phone it scrolls horizontally instead. */
const MINIMUM_SCALE = 0.58;
/** Width in px above which the minimum width does not grow; width of a card on the smallest phones. */
const MAXIMUM_WIDTH = 620;
const PHONE_WIDTH = 300;

/** Draws a figure. @param id starts with a letter and is unique in the page */
export type DrawFigure = (id: string, spec: PlotSpec) => Promise<Html>;

export async function plotFigure(id: string, spec: PlotSpec): Promise<Html> {
  // The page shows the title as HTML. The background is transparent, to fit light and dark pages.
  const untitled = { title: { text: "", subtitle: "" }, background: "transparent", padding: 4 };
  const svg = await renderSvg({ ...spec, ...untitled });
  const { text, subtitle } = spec.title;
  const { href } = (spec["usermeta"] ?? {}) as { readonly href?: string }; // of a page about what the title names
  return html`<figure class="plot" aria-labelledby="${id}-title">
    <h3 id="${id}-title">
      ${href === undefined ? text : html`<a href="${href}">${text}</a>`}${subtitle !== "" && html` <small>${subtitle}</small>`}
    </h3>
    ${picture(svg, { id, label: `${text}. ${spec.description}` })}
    <figcaption>${spec.description}</figcaption>
  </figure>`;
}

/** Makes the ids unique in the page, and limits the width to the size of the plot. */
function picture(svg: string, { id, label }: { id: string; label: string }): Html {
  const end = svg.indexOf(">") + 1;
  const [, width, height] = / width="([\d.]+)" height="([\d.]+)"/.exec(svg.slice(0, end)) ?? ["", "400", "300"];
  const minimum = Math.ceil(Math.min(Number(width), MAXIMUM_WIDTH) * MINIMUM_SCALE);
  const inner = svg
    .slice(end, svg.lastIndexOf("</svg>"))
    .replace(/<path[^>]* d="" [^>]*>|<path class="background" [^>]*>/g, "")
    // Without attributes that the page's style sheet sets (font) or that equal the default.
    .replace(/<[^>]*>/g, (tag) =>
      tag
        .replace(/ (?:font-family|pointer-events|class)="[^"]*"| opacity="1"/g, "")
        // Browsers show a <title> when the mouse is on a mark.
        .replace(/ aria-label="([^"]*)"([^>]*)\/>/, "$2><title>$1</title></path>")
        .replace(/\bshape(\d+)\b(?=["')])/g, `${id}-shape$1`),
    );
  // What may scroll on a phone must be reachable by keyboard.
  const focus = minimum > PHONE_WIDTH && html` tabindex="0"`;
  return html`<div class="picture" ${focus}>
    <svg
      class="vega"
      role="img"
      aria-label="${label}"
      width="${width}"
      height="${height}"
      viewBox="0 0 ${width} ${height}"
      style="max-width:${width}px;min-width:${minimum}px"
    >
      ${trusted(inner)}
    </svg>
  </div>`;
}
