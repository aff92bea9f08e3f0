/** Score history: the metric of each scored run, and which runs were deployed. */
import { axisLabels } from "./density.ts";
import { countOf, displayNumber } from "./displayNumber.ts";
import { colours, plotSpec, plotWidth, quantitative, type PlotSpec } from "./theme.ts";

export interface ScoreHistoryData {
  /** Label of the metric. */
  readonly metric: string;
  readonly greaterIsBetter: boolean;
  readonly points: readonly {
    /** ISO 8601. */
    readonly at: string;
    readonly value: number;
    readonly interval: readonly [number, number] | null;
    readonly deployed: boolean;
  }[];
}

/** Only the latest: more points would be unreadable. */
const MAXIMUM_POINTS = 60;

export function scoreHistoryPlot({ metric, greaterIsBetter, points }: ScoreHistoryData): PlotSpec {
  const shown = points.toSorted((a, b) => (a.at < b.at ? -1 : 1)).slice(-MAXIMUM_POINTS);
  const values = shown.map(({ at, value, interval, deployed }, i) => ({
    // By number, not by time: ten runs of one afternoon would overlap.
    place: points.length - shown.length + i + 1,
    at,
    value,
    low: interval?.[0] ?? value,
    high: interval?.[1] ?? value,
    state: deployed ? "deployed" : "not deployed",
  }));
  const largest = Math.max(0, ...values.map(({ high }) => Math.abs(high)));
  const x = quantitative("place", "Scored run, oldest first", {
    scale: { domain: [(values[0]?.place ?? 1) - 0.5, (values.at(-1)?.place ?? 1) + 0.5], nice: false, zero: false },
    axis: { grid: false, format: "d", tickMinStep: 1, tickCount: Math.min(8, values.length) },
  });
  const axis = axisLabels([0, largest]);
  const y = quantitative("value", metric, { scale: { zero: false, nice: true }, axis });
  const states = ["deployed", "not deployed"];
  const subtitle = `${greaterIsBetter ? "higher" : "lower"} is better; whiskers: 95 % interval`;
  return plotSpec({ text: `${metric} over time`, subtitle }, sentence(metric, shown), {
    data: { values },
    width: plotWidth,
    height: 200,
    layer: [
      { mark: { type: "line", color: colours.domain, strokeWidth: 1.5 }, encoding: { x, y } },
      {
        mark: { type: "rule", strokeWidth: 1.5, color: colours.grey, opacity: 0.6 },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" } },
      },
      {
        mark: { type: "point", filled: true, size: 70, opacity: 1 },
        encoding: {
          x,
          y,
          color: {
            field: "state",
            type: "nominal",
            scale: { domain: states, range: [colours.accent, colours.grey] },
            legend: { title: null, orient: "bottom", direction: "horizontal" },
          },
          shape: { field: "state", type: "nominal", scale: { domain: states, range: ["circle", "square"] } },
        },
      },
    ],
  });
}

function sentence(metric: string, points: ScoreHistoryData["points"]): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return "No run has been scored yet.";
  const deployed = points.filter((point) => point.deployed).length;
  return `${countOf(points.length, "scored run")} from ${first.at.slice(0, 10)} to ${last.at.slice(0, 10)}, ${displayNumber(deployed)} of them deployed; the latest has ${metric} ${displayNumber(last.value)}.`;
}
