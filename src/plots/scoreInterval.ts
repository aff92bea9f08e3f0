/** Scores with intervals: this model, the deployed model and the baseline on one scale. */
import { axisLabels } from "./density.ts";
import { nameAxis } from "./namedBars.ts";
import { displayInterval, displayNumber } from "./displayNumber.ts";
import { colours, plotSpec, plotWidth, quantitative, type PlotSpec } from "./theme.ts";

interface ScoreIntervalData {
  readonly metric: string;
  readonly greaterIsBetter: boolean;
  /** The model of the report comes first; intervals of 95 %. */
  readonly models: readonly {
    readonly label: string;
    readonly value: number;
    readonly interval: readonly [number, number] | null;
  }[];
}

export function scoreIntervalPlot({ metric, greaterIsBetter, models }: ScoreIntervalData): PlotSpec {
  const names = models.map(({ label }) => label);
  const values = models.map(({ label, value, interval }, place) => {
    const [low, high] = interval ?? [value, value];
    return { label, value, low, high, subject: place === 0, text: displayNumber(value) };
  });
  const largest = Math.max(0, ...models.map(({ value }) => Math.abs(value)));
  const color = { condition: { test: "datum.subject", value: colours.accent }, value: colours.grey };
  const title = {
    text: `${metric} compared`,
    subtitle: `${greaterIsBetter ? "higher" : "lower"} is better; whiskers: 95 % interval`,
  };
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
