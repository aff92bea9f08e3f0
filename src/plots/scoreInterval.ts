/** Scores with intervals: this model, the deployed model and the baseline on one scale. */
import { axisLabels } from "./density.ts";
import { nameAxis } from "./namedBars.ts";
import { displayInterval, displayNumber, countOf } from "./displayNumber.ts";
import { colours, nominal, plotSpec, plotWidth, quantitative, type PlotSpec } from "./theme.ts";

interface Score {
  readonly value: number;
  /** 95 %. */
  readonly interval: readonly [number, number] | null;
}

interface ScoreIntervalData {
  /** Label of the metric. */
  readonly metric: string;
  readonly greaterIsBetter: boolean;
  /** The model of the report comes first. */
  readonly models: readonly (Score & { readonly label: string })[];
}

const whiskersOf = ({ value, interval }: Score) => ({
  value,
  low: interval?.[0] ?? value,
  high: interval?.[1] ?? value,
});
const subtitleOf = (greaterIsBetter: boolean): string =>
  `${greaterIsBetter ? "higher" : "lower"} is better; whiskers: 95 % interval`;

export function scoreIntervalPlot({ metric, greaterIsBetter, models }: ScoreIntervalData): PlotSpec {
  const names = models.map(({ label }) => label);
  const values = models.map((model, place) => {
    const { label, value } = model;
    return { label, ...whiskersOf(model), subject: place === 0, text: displayNumber(value) };
  });
  const largest = Math.max(0, ...models.map(({ value }) => Math.abs(value)));
  const color = { condition: { test: "datum.subject", value: colours.accent }, value: colours.grey };
  const title = { text: `${metric} compared`, subtitle: subtitleOf(greaterIsBetter) };
  const axis = { tickCount: 4, ...axisLabels([0, largest]), labelOverlap: true };
  const whiskers = { x: { field: "low", type: "quantitative" }, x2: { field: "high" } };
  const text = { text: { field: "text", type: "nominal" }, color: { value: colours.ink } };
  return plotSpec(title, scoreIntervalSentence(metric, models), {
    data: { values },
    width: plotWidth - 60,
    height: { step: 40 },
    encoding: {
      y: nameAxis("label", names, { labelLimit: 170 }),
      x: quantitative("value", metric, { scale: { zero: false, padding: 16 }, axis }),
      color,
    },
    layer: [
      { mark: { type: "rule", strokeWidth: 3, opacity: 0.5 }, encoding: whiskers },
      { mark: { type: "point", filled: true, size: 110, opacity: 1 } },
      { mark: { type: "text", dy: -13, fontSize: 12, fontWeight: 600 }, encoding: text },
    ],
  });
}

function scoreIntervalSentence(metric: string, models: ScoreIntervalData["models"]): string {
  const parts = models.map(({ label, value, interval }) => {
    const range = interval === null ? "" : ` (${displayInterval(interval)})`;
    return `${label} ${displayNumber(value)}${range}`;
  });
  return `${metric}: ${parts.join("; ")}.`;
}

export interface ScoreHistoryData extends Pick<ScoreIntervalData, "metric" | "greaterIsBetter"> {
  /** `at`: ISO 8601. */
  readonly points: readonly (Score & { readonly at: string; readonly deployed: boolean })[];
}

/** Only the latest: more points would be unreadable. */
const MAXIMUM_POINTS = 60;

export function scoreHistoryPlot({ metric, greaterIsBetter, points }: ScoreHistoryData): PlotSpec {
  const shown = points.toSorted((a, b) => (a.at < b.at ? -1 : 1)).slice(-MAXIMUM_POINTS);
  const states = ["deployed", "not deployed"];
  const values = shown.map((point, i) => {
    // By number, not by time: ten runs of one afternoon would overlap.
    const place = points.length - shown.length + i + 1;
    return { place, at: point.at, ...whiskersOf(point), state: states[point.deployed ? 0 : 1]! };
  });
  const largest = Math.max(0, ...values.map(({ high }) => Math.abs(high)));
  const x = quantitative("place", "Scored run, oldest first", {
    scale: { domain: [(values[0]?.place ?? 1) - 0.5, (values.at(-1)?.place ?? 1) + 0.5], nice: false, zero: false },
    axis: { grid: false, format: "d", tickMinStep: 1, tickCount: Math.min(8, values.length) },
  });
  const y = quantitative("value", metric, { scale: { zero: false, nice: true }, axis: axisLabels([0, largest]) });
  const legend = { title: null, orient: "bottom", direction: "horizontal" };
  const color = nominal("state", states, [colours.accent, colours.grey], legend);
  const shape = { field: "state", type: "nominal", scale: { domain: states, range: ["circle", "square"] } };
  const whiskers = { x, y: { ...y, field: "low" }, y2: { field: "high" } };
  const title = { text: `${metric} over time`, subtitle: subtitleOf(greaterIsBetter) };
  return plotSpec(title, scoreHistorySentence(metric, shown), {
    data: { values },
    width: plotWidth,
    height: 200,
    layer: [
      { mark: { type: "line", color: colours.domain, strokeWidth: 1.5 }, encoding: { x, y } },
      { mark: { type: "rule", strokeWidth: 1.5, color: colours.grey, opacity: 0.6 }, encoding: whiskers },
      { mark: { type: "point", filled: true, size: 70, opacity: 1 }, encoding: { x, y, color, shape } },
    ],
  });
}

function scoreHistorySentence(metric: string, points: ScoreHistoryData["points"]): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return "No run has been scored yet.";
  const deployed = points.filter((point) => point.deployed).length;
  return `${countOf(points.length, "scored run")} from ${first.at.slice(0, 10)} to ${last.at.slice(0, 10)}, ${displayNumber(deployed)} of them deployed; the latest has ${metric} ${displayNumber(last.value)}.`;
}
