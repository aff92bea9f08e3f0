/** Theme of all plots, with light and dark colours. */
import type { Json, JsonObject } from "../core/json.ts";

/** A Vega-Lite specification as plain JSON, which any Vega-Lite viewer can open. */
export interface PlotSpec {
  readonly $schema: string;
  /** `text` says what the plot shows, `subtitle` how to read it. */
  readonly title: { readonly text: string; readonly subtitle: string | string[] };
  /** One or two sentences with the main values, for the caption and for screen readers. */
  readonly description: string;
  readonly config: JsonObject;
  readonly [key: string]: Json;
}

/**
 * Colour-blind safe palette after Okabe & Ito (2008); the later colours are darkened for contrast on white. The second is
 * for dark pages: a style sheet maps light to dark colours, so that one SVG works for both.
 */
const palette = {
  ink: ["#1b1f24", "#e6edf3"],
  muted: ["#57606a", "#a3adb8"],
  grid: ["#e7eaed", "#2a3139"],
  domain: ["#c3c9d0", "#4b545e"],
  accent: ["#0072b2", "#58a9e6"],
  contrast: ["#d55e00", "#ff9550"],
  third: ["#008a63", "#3ec99b"],
  fourth: ["#a64d8c", "#dd92c8"],
  fifth: ["#a87400", "#e0b04a"],
  sixth: ["#3d8fc4", "#9ad0f0"],
  seventh: ["#9b1c1c", "#e87070"],
  eighth: ["#5b4bc4", "#a79bf5"],
  ninth: ["#5f6b00", "#b9c653"],
  tenth: ["#e0559a", "#f58fc0"],
  grey: ["#8b949e", "#7d8793"],
  heat: ["#005a8e", "#1f6fb5"],
} as const;

function shade(side: 0 | 1): Record<keyof typeof palette, string> {
  const pairs = Object.entries(palette).map(([name, both]) => [name, both[side]]);
  return Object.fromEntries(pairs) as Record<keyof typeof palette, string>;
}

export const colours = shade(0);
export const darkColours = shade(1);

export const series = Object.values(colours).slice(4, 14);

/** Width of the data area in px: two plots fit side by side, and one is readable on a phone. */
export const plotWidth = 340;

const config: JsonObject = {
  font: "system-ui, 'Segoe UI', Helvetica, Arial, 'DejaVu Sans', sans-serif",
  aria: false,
  lineBreak: "\n",
  view: { stroke: null },
  title: {
    anchor: "start",
    frame: "bounds",
    fontSize: 15,
    fontWeight: 600,
    color: colours.ink,
    subtitleFontSize: 12,
    subtitleColor: colours.muted,
    subtitlePadding: 5,
    offset: 14,
  },
  axis: {
    labelFontSize: 12,
    labelColor: colours.muted,
    labelPadding: 5,
    titleFontSize: 12.5,
    titleFontWeight: "normal",
    titleColor: colours.ink,
    titlePadding: 8,
    gridColor: colours.grid,
    domainColor: colours.domain,
    tickColor: colours.domain,
    tickSize: 4,
    tickCount: 5,
  },
  legend: {
    labelFontSize: 12,
    labelColor: colours.ink,
    titleFontSize: 12,
    titleFontWeight: "normal",
    titleColor: colours.muted,
    labelLimit: 300,
    rowPadding: 4,
  },
  range: { category: series },
};

export function plotSpec(
  title: { readonly text: string; readonly subtitle?: string | string[] },
  description: string,
  body: JsonObject,
): PlotSpec {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: { text: title.text, subtitle: title.subtitle ?? "" },
    description,
    background: "#ffffff",
    padding: 12,
    config,
    ...body,
  };
}
