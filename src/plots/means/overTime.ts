/** Predictions over time: mean actual and mean predicted value by hour, day, week, month, … */
import { axisLabels, domainOf, scaleOf } from "../density.ts";
import { countOf, displayNumber } from "../displayNumber.ts";
import { colours, nominal, plotSpec, plotWidth, quantitative, type PlotSpec } from "../theme.ts";

interface OverTimeData {
  /** The target, or "share of “yes”". */
  readonly measure: string;
  /** Length of a bucket, e.g. "week". */
  readonly unit: string;
  /** Oldest first; a bucket without rows has no means. */
  readonly points: readonly OverTimePoint[];
  /** Several plots side by side. */
  readonly isSmall: boolean;
}

export interface OverTimePoint {
  /** Start of the bucket in milliseconds since 1970. */
  readonly at: number;
  readonly rows: number;
  readonly actual: number | null;
  readonly predicted: number | null;
}

const SIDES = ["actual", "predicted"] as const;

export function overTimePlot({ measure, unit, points, isSmall }: OverTimeData): PlotSpec {
  const values = points.flatMap((point) => SIDES.map((side) => ({ at: point.at, value: point[side], side })));
  const domain = domainOf(values.map(({ value }) => value ?? NaN));
  const known = points.filter(({ rows }) => rows > 0);
  const rows = known.reduce((sum, each) => sum + each.rows, 0);
  const size = isSmall ? { width: 250, height: 130 } : { width: 2 * plotWidth, height: 220 };
  const subtitle = isSmall ? "" : `${countOf(rows, "row")}; one point per ${unit}`;
  const title = `${measure.charAt(0).toUpperCase()}${measure.slice(1)} over time`;
  const point = { size: isSmall ? 10 : 18 };
  const axis = { grid: false, tickCount: isSmall ? 4 : 10, labelOverlap: true };
  const y = { scale: scaleOf(domain), axis: axisLabels(domain) };
  const legend = { title: null, orient: isSmall ? "top" : "bottom", direction: "horizontal", symbolSize: 60 };
  return plotSpec({ text: title, subtitle }, sentence(known, unit), {
    data: { values },
    ...size,
    mark: { type: "line", strokeWidth: 2, strokeJoin: "round", invalid: "break-paths-show-path-domains", point },
    encoding: {
      x: { field: "at", type: "temporal", title: null, scale: { type: "utc" }, axis },
      y: quantitative("value", isSmall ? null : `Mean ${measure}`, y),
      color: nominal("side", SIDES, [colours.grey, colours.accent], legend),
    },
  });
}

/** About the bucket with the largest difference. */
function sentence(points: readonly OverTimePoint[], unit: string): string {
  const errors = points.map(({ actual, predicted }) => Math.abs(predicted! - actual!));
  const worst = points[errors.indexOf(Math.max(...errors))];
  if (worst === undefined) return "There is no row with a time.";
  const { at, actual, predicted, rows } = worst;
  const text = new Date(at).toISOString().replace("T", " ");
  const when = text.slice(0, { hour: 16, day: 10, week: 10, month: 7, quarter: 7 }[unit] ?? 4);
  return `Actual and predicted differ most in the ${unit} from ${when}: ${displayNumber(predicted)} predicted, ${displayNumber(actual)} actual (${countOf(rows, "row")}).`;
}
