/** Renders a plot to SVG or PNG without a browser. The same specification gives the same bytes on every machine. */
import { createRequire } from "node:module";
import { openNative } from "../core/nativeCalls.ts";
import { textWidth } from "./textWidth.ts";
import type { PlotSpec } from "./theme.ts";

/** Bundled fonts, because servers often have none and machines differ in theirs. */
const FONTS = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"];

/** @returns an `<svg>` element with a viewBox */
export async function renderSvg(spec: PlotSpec): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
  // Without a canvas Vega assumes 0.8 em per character, which leaves gaps beside every label.
  Object.assign((vega as { readonly textMetrics?: object }).textMetrics ?? {}, { width: itemWidth });
  const logger = vega.logger(vega.Error);
  const { spec: compiled } = vegaLite.compile(spec as unknown as Parameters<typeof vegaLite.compile>[0], { logger });
  const view = new vega.View(vega.parse(compiled), { renderer: "none", logger });
  try {
    return stable(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/** Two image pixels per px of the plot: sharp on high-resolution screens. */
export async function renderPng(spec: PlotSpec): Promise<Buffer> {
  const [svg, { Resvg }] = await Promise.all([renderSvg(spec), openNative(() => import("@resvg/resvg-js"))]);
  const { resolve } = createRequire(import.meta.url);
  const image = new Resvg(svg, {
    fitTo: { mode: "zoom", value: 2 },
    background: "#ffffff",
    font: {
      loadSystemFonts: false,
      fontFiles: FONTS.map((file) => resolve(`dejavu-fonts-ttf/ttf/${file}`)),
      defaultFontFamily: "DejaVu Sans",
      sansSerifFamily: "DejaVu Sans",
    },
  }).render();
  return image.asPng();
}

type TextItem = { readonly fontSize?: number; readonly fontWeight?: string | number; readonly limit?: number };

function itemWidth({ fontSize, fontWeight, limit = 0 }: TextItem, text: unknown): number {
  const full = textWidth(String(text ?? ""), fontSize ?? 11, fontWeight === "bold" || Number(fontWeight) >= 600);
  return limit > 0 ? Math.min(full, limit) : full;
}

/** Numbers ids from 1 in every plot (Vega counts on within a process) and rounds numbers to a hundredth of a px. */
function stable(svg: string): string {
  const names = new Map<string, string>();
  const inTag = (tag: string): string =>
    tag
      .replace(/\b(?:clip|gradient_|p_)\d+\b(?=["')])/g, (id) => {
        if (!names.has(id)) names.set(id, `shape${names.size + 1}`);
        return names.get(id)!;
      })
      .replace(/ (?:role|aria-roledescription|aria-hidden)="[^"]*"/g, "")
      .replace(/ (?:d|transform|x|y|x1|x2|y1|y2|width|height)="[^"]*"/g, (attribute) =>
        attribute.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (digits) => String(Math.round(Number(digits) * 100) / 100)),
      );
  // Only inside tags: the text of a label may look like an attribute.
  return svg.replace(/<[^>]*>/g, inTag);
}
