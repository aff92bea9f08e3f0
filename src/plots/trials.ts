/** Trials of a search: the score of each, against its number or against the value of a parameter. */
import type { JsonObject } from "../core/json.ts";
import { domainOf, quantitative, scaleOf } from "./axes.ts";
import { countOf, displayNumber } from "./displayNumber.ts";
import { colours, plotSpec, plotWidth, type PlotSpec } from "./theme.ts";

interface TrialsData {
  readonly title: string;
  readonly subtitle: string;
  readonly sentence: string;
  readonly points: readonly {
    /** A number, or the name of a category. */
    readonly x: number | string;
    readonly y: number;
    /** Shown when the mouse is on the point. */
    readonly label: string;
    readonly isBest: boolean;
  }[];
  /** True: never a logarithmic axis, such as for numbers of trials. */
  readonly isLinear?: boolean;
  readonly steps?: readonly (readonly [x: number, y: number])[];
}

/** A range from a value to this many times the value is drawn on a logarithmic axis. */
const LOGARITHMIC = 20;

export function trialsPlot({ title, subtitle, sentence, points, steps = [], isLinear = false }: TrialsData): PlotSpec {
  const best = points.flatMap(({ y, isBest }) => (isBest ? [y] : []));
  const domain = domainOf(withoutOutliers(points.map(({ y }) => y)), best);
  const [low, high] = domain;
  const y = quantitative("y", null, { scale: { ...scaleOf(domain), clamp: true }, axis: { tickCount: 5 } });
  const x = horizontal(points, isLinear);
  const path = { data: { values: steps.map(([at, value]) => ({ x: at, y: value })) }, encoding: { x, y } };
  const beyond = [
    outside(points.filter((point) => point.y > high).length, `above ${displayNumber(high)}`),
    outside(points.filter((point) => point.y < low).length, `below ${displayNumber(low)}`),
  ];
  return plotSpec({ text: title, subtitle }, sentence + beyond.join(""), {
    width: plotWidth + 100,
    height: 170,
    layer: [
      ...(steps.length === 0 ? [] : [{ ...path, mark: { type: "line", strokeWidth: 2, interpolate: "step-after" } }]),
      {
        data: { values: points.map((point) => ({ ...point })) },
        mark: { type: "point", filled: true, aria: true },
        encoding: {
          x,
          y,
          color: ifBest(colours.contrast, colours.accent),
          size: ifBest(150, 45),
          opacity: ifBest(1, 0.6),
          shape: {
            condition: [
              { test: `datum.y > ${high}`, value: "triangle-up" },
              { test: `datum.y < ${low}`, value: "triangle-down" },
            ],
            value: "circle",
          },
          description: { field: "label", type: "nominal" },
        },
      },
    ],
  });
}

function outside(count: number, where: string): string {
  return count === 0
    ? ""
    : ` ${countOf(count, "trial")} ${where} ${count === 1 ? "is a triangle" : "are triangles"} at the edge.`;
}

function ifBest(yes: string | number, no: string | number): JsonObject {
  return { condition: { test: "datum.isBest", value: yes }, value: no };
}

function horizontal(points: TrialsData["points"], isLinear: boolean): JsonObject {
  const values = points.map(({ x }) => x);
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length < values.length) {
    const axis = { labelAngle: 0, labelLimit: 300 / new Set(values).size };
    return { field: "x", type: "nominal", title: null, axis };
  }
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const isLog = !isLinear && low > 0 && high / low >= LOGARITHMIC;
  const scale = { type: isLog ? "log" : "linear", nice: false, padding: 10, ...(isLog ? {} : { zero: false }) };
  return quantitative("x", isLog ? "logarithmic" : null, {
    scale,
    axis: { grid: false, tickCount: 5, ...(isLog ? { format: "~g" } : {}) },
  });
}

/** Of fewer points, quartiles say little. */
const FEWEST = 8;

/** Outliers would press all other points into a line; they are drawn at the edge. */
function withoutOutliers(values: readonly number[]): number[] {
  if (values.length < FEWEST) return [...values];
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
  const reach = 3 * (at(0.75) - at(0.25));
  return sorted.filter((value) => reach === 0 || (value >= at(0.25) - reach && value <= at(0.75) + reach));
}
