/** Horizontal bars with names and values: importance by column; and scores with intervals on one scale. */
import { axisLabels, labelsWidth, nameAxis, quantitative } from "./axes.ts";
import { displayInterval, displayNumber, percent } from "./displayNumber.ts";
import { colours, plotWidth, plotSpec, type PlotSpec } from "./theme.ts";

const LABEL_LIMIT = 190;
const MOST_COLUMNS = 20;
const text = { text: { field: "text", type: "nominal" } };

type Importance = readonly (readonly [column: string, value: number])[];

export function importancePlot(values: Importance, measure: string): PlotSpec {
  const ranked = values.toSorted((a, b) => b[1] - a[1]);
  const shown = ranked.slice(0, MOST_COLUMNS);
  const subtitle =
    ranked.length > MOST_COLUMNS ? `the ${MOST_COLUMNS} largest of ${displayNumber(ranked.length)} columns` : "";
  const names = shown.map(([name]) => name);
  const numbers = shown.map(([, value]) => value);
  const largest = Math.max(0, ...numbers);
  return plotSpec({ text: "Importance by input column", subtitle }, importanceSentence(ranked, measure), {
    data: { values: shown.map(([name, value]) => ({ name, value, text: displayNumber(value) })) },
    width: Math.max(200, plotWidth + 40 - labelsWidth(names, LABEL_LIMIT)),
    height: { step: 24 },
    encoding: {
      y: nameAxis("name", names, LABEL_LIMIT, { paddingInner: 0.3 }),
      x: quantitative("value", measure, {
        // Room for the label after the longest bar.
        scale: { domainMin: Math.min(0, ...numbers), domainMax: largest * 1.2 || 1 },
        axis: { tickCount: 4, ...axisLabels([0, largest]) },
      }),
    },
    layer: [
      { mark: { type: "bar", cornerRadiusEnd: 2, color: colours.accent } },
      { mark: { type: "text", align: "left", dx: 5, fontSize: 12, color: colours.ink }, encoding: text },
    ],
  });
}

function importanceSentence(ranked: Importance, measure: string): string {
  const [first, second] = ranked.filter(([, value]) => value > 0);
  if (first === undefined) return `No column has any importance by this measure (${measure}).`;
  const total = ranked.reduce((sum, [, value]) => sum + Math.max(0, value), 0);
  const unused = ranked.filter(([, value]) => value <= 0).length;
  const rest =
    unused === 0 ? "" : ` ${displayNumber(unused)} of ${displayNumber(ranked.length)} columns have no importance.`;
  return `“${first[0]}” is the most important column with ${percent(first[1] / total)} of the sum${second ? `, followed by “${second[0]}”` : ""}.${rest}`;
}

interface ScoreIntervals {
  readonly metric: string;
  readonly greaterIsBetter: boolean;
  /** The model of the report comes first; intervals of 95 %. */
  readonly models: readonly {
    readonly label: string;
    readonly value: number;
    readonly interval: readonly [number, number] | null;
  }[];
}

export function scoreIntervalPlot({ metric, greaterIsBetter, models }: ScoreIntervals): PlotSpec {
  const names = models.map(({ label }) => label);
  const values = models.map(({ label, value, interval }, place) => {
    const [low, high] = interval ?? [value, value];
    return { label, value, low, high, subject: place === 0, text: displayNumber(value) };
  });
  const parts = models.map(({ label, value, interval }) => {
    return `${label} ${displayNumber(value)}${interval === null ? "" : ` (${displayInterval(interval)})`}`;
  });
  const largest = Math.max(...models.map(({ value }) => Math.abs(value)));
  const axis = { tickCount: 4, ...axisLabels([0, largest]) };
  const better = greaterIsBetter ? "higher" : "lower";
  const title = { text: `${metric} compared`, subtitle: `${better} is better; whiskers: 95 % interval` };
  return plotSpec(title, `${metric}: ${parts.join("; ")}.`, {
    data: { values },
    width: plotWidth - 60,
    height: { step: 40 },
    encoding: {
      y: nameAxis("label", names, 170),
      x: quantitative("value", metric, { scale: { zero: false, padding: 16 }, axis }),
      color: { condition: { test: "datum.subject", value: colours.accent }, value: colours.grey },
    },
    layer: [
      {
        mark: { type: "rule", strokeWidth: 3, opacity: 0.5 },
        encoding: { x: { field: "low", type: "quantitative" }, x2: { field: "high" } },
      },
      { mark: { type: "point", filled: true, size: 110, opacity: 1 } },
      {
        mark: { type: "text", dy: -13, fontSize: 12, fontWeight: 600 },
        encoding: { ...text, color: { value: colours.ink } },
      },
    ],
  });
}
