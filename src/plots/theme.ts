/** Theme of all plots, with light and dark colours. */
import type { Json, JsonObject } from "../core/json.ts";

/** A Vega-Lite specification as plain JSON, which any Vega-Lite viewer can open. */
export interface PlotSpec {
  readonly $schema: string;
  /** `text` says what the plot shows, `subtitle` how to read it. */
  readonly title: { readonly text: string; readonly subtitle: string };
  /** One or two sentences with the main values, for the caption and for screen readers. */
  readonly description: string;
  readonly config: JsonObject;
  readonly [key: string]: Json;
}

/** Colour-blind safe palette after Okabe & Ito (2008); the later colours are darkened for contrast on white. */
export const colours = {
  ink: "#1b1f24",
  muted: "#57606a",
  grid: "#e7eaed",
  domain: "#c3c9d0",
  accent: "#0072b2",
  contrast: "#d55e00",
  third: "#008a63",
  fourth: "#a64d8c",
  fifth: "#a87400",
  sixth: "#3d8fc4",
  seventh: "#9b1c1c",
  eighth: "#5b4bc4",
  ninth: "#5f6b00",
  tenth: "#e0559a",
  grey: "#8b949e",
  heat: "#005a8e",
} as const;

/** The colours for dark pages. A style sheet maps light to dark colours, so that one SVG works for both. */
export const darkColours: Readonly<Record<keyof typeof colours, string>> = {
  ink: "#e6edf3",
  muted: "#a3adb8",
  grid: "#2a3139",
  domain: "#4b545e",
  accent: "#58a9e6",
  contrast: "#ff9550",
  third: "#3ec99b",
  fourth: "#dd92c8",
  fifth: "#e0b04a",
  sixth: "#9ad0f0",
  seventh: "#e87070",
  eighth: "#a79bf5",
  ninth: "#b9c653",
  tenth: "#f58fc0",
  grey: "#7d8793",
  heat: "#1f6fb5",
};

/** Colours of curves, in order. */
export const series = (
  ["accent", "contrast", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"] as const
).map((name) => colours[name]);

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

/** The encoding of a number by position or length. @param more scale and axis */
export function quantitative(field: string, title: string | null, more: JsonObject = {}): JsonObject {
  return { field, type: "quantitative", title, ...more };
}

/** Adds title, description and theme to the body of a specification. */
export function plotSpec(
  title: { readonly text: string; readonly subtitle?: string },
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
