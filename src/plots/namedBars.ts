/** Horizontal bars with names and values, shared by the importance and leaderboard plots. */
import type { JsonObject } from "../core/json.ts";
import { axisLabels } from "./density.ts";
import { textWidth } from "./textWidth.ts";
import { colours, plotWidth, quantitative } from "./theme.ts";

// A type instead of an interface, because TypeScript accepts only types as JSON.
export type NamedBar = {
  /** Distinct for every bar. */
  readonly name: string;
  readonly value: number;
  /** The label at the end of the bar. */
  readonly text: string;
  /** Drawn in the accent colour. */
  readonly stressed: boolean;
};

const LABEL_LIMIT = 190;

/** @param title title of the axis: what is measured, with its unit */
export function namedBars(bars: readonly NamedBar[], title: string): JsonObject {
  const names = bars.map(({ name }) => name);
  const values = bars.map(({ value }) => value);
  const labels = Math.min(LABEL_LIMIT, Math.max(0, ...names.map((name) => textWidth(name, 12))));
  const largest = Math.max(0, ...values);
  return {
    data: { values: bars },
    width: Math.max(200, plotWidth + 40 - labels),
    height: { step: 24 },
    encoding: {
      y: nameAxis("name", names, { labelLimit: LABEL_LIMIT, paddingInner: 0.3 }),
      x: quantitative("value", title, {
        // Room for the label after the longest bar.
        scale: { domainMin: Math.min(0, ...values), domainMax: largest * 1.2 || 1 },
        axis: { tickCount: 4, ...axisLabels([0, largest]), labelOverlap: true },
      }),
    },
    layer: [
      {
        mark: { type: "bar", cornerRadiusEnd: 2 },
        encoding: { color: { condition: { test: "datum.stressed", value: colours.accent }, value: colours.domain } },
      },
      {
        mark: { type: "text", align: "left", dx: 5, fontSize: 12, color: colours.ink },
        encoding: { text: { field: "text", type: "nominal" } },
      },
    ],
  };
}

/** A vertical axis of names, in their order. */
export function nameAxis(
  field: string,
  names: string[],
  { labelLimit, ...scale }: { readonly labelLimit: number; readonly paddingInner?: number },
): JsonObject {
  const axis = { title: null, labelLimit, labelColor: colours.ink, ticks: false, domain: false };
  return { field, type: "nominal", sort: null, scale: { domain: names, ...scale }, axis };
}
