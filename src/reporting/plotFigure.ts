/** A plot as figure: heading, picture, and a sentence that tells what is seen. */
import { renderSvg } from "../plots/render.ts";
import type { PlotSpec } from "../plots/theme.ts";
import { html, htmlText, trusted } from "./html.ts";
import type { Html } from "./html.ts";

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
    <div class="picture">${trusted(inlined(svg, { id, label: `${text}. ${spec.description}` }))}</div>
    <figcaption>${spec.description}</figcaption>
  </figure>`;
}

/** Ids of one page must differ from plot to plot; a plot never grows beyond its own size. */
function inlined(svg: string, { id, label }: { id: string; label: string }): string {
  const width = Number(/ width="([\d.]+)"/.exec(svg)?.[1] ?? 400);
  const attributes = html`<svg class="vega" role="img" aria-label="${label}" style="max-width:${Math.ceil(width)}px;min-width:${Math.ceil(Math.min(width, 620) * 0.62)}px"`;
  return svg
    .replace(/^<svg[^>]*>/, (tag) => tag.replace(/ xmlns(?::xlink)?="[^"]*"/g, ""))
    .replace(/<[^>]*>/g, (tag) => tag.replace(/\bshape(\d+)\b(?=["')])/g, `${id}-shape$1`))
    .replace(/^<svg version="1.1" class="marks"/, () => htmlText(attributes));
}
