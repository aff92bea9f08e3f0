/** Histogram of residuals: shows bias and the tails of the errors. */
import { axisLabels } from "./density.ts";
import { displayNumber, percent } from "./displayNumber.ts";
import { binned } from "./histogram.ts";
import { colours, plotSpec, plotWidth, quantitative, type PlotSpec } from "./theme.ts";

const BINS = 30;

/** @param data.residuals predicted − actual */
export function residualHistogramPlot({ residuals }: { readonly residuals: ArrayLike<number> }): PlotSpec {
  const { edges, shares } = binned([residuals], BINS);
  const bars = shares[0]!.map((share, i) => ({ from: edges[i]!, to: edges[i + 1]!, share }));
  const domain = [edges[0]!, edges.at(-1)!] as const;
  return plotSpec({ text: "Distribution of residuals", subtitle: "dashed: no error" }, sentence(residuals), {
    width: plotWidth,
    height: 260,
    encoding: {
      x: quantitative("from", "Predicted − actual", {
        scale: { domain: [...domain], nice: false, zero: false },
        axis: { ...axisLabels(domain), grid: false },
      }),
    },
    layer: [
      {
        data: { values: bars },
        mark: { type: "bar", color: colours.accent, binSpacing: 1 },
        encoding: {
          x: { field: "from", type: "quantitative", bin: { binned: true } },
          x2: { field: "to" },
          y: { field: "share", type: "quantitative", title: "Share of rows", axis: { format: "~%" } },
        },
      },
      {
        data: { values: [{ from: 0 }] },
        mark: { type: "rule", strokeDash: [5, 4], color: colours.contrast, strokeWidth: 1.5 },
      },
    ],
  });
}

function sentence(residuals: ArrayLike<number>): string {
  let [sum, above] = [0, 0];
  for (let i = 0; i < residuals.length; i++) {
    sum += residuals[i]!;
    if (residuals[i]! > 0) above++;
  }
  if (residuals.length === 0) return "There are no rows to show.";
  const mean = sum / residuals.length;
  const bias = mean === 0 ? "unbiased" : `${displayNumber(Math.abs(mean), 2)} too ${mean > 0 ? "high" : "low"}`;
  return `On average, predictions are ${bias}; ${percent(above / residuals.length)} of the rows are predicted too high.`;
}
