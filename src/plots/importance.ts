/** Importance: which features a model leans on most. */
import { axisFormat } from "./density.ts";
import { figure, percent } from "./figures.ts";
import { textWidth } from "./textWidth.ts";
import type { PlotSpec } from "./theme.ts";
import { colours, plotSpec, plotWidth } from "./theme.ts";

export interface ImportanceData {
  /** By feature, in any order. */
  readonly values: readonly (readonly [feature: string, value: number])[];
  /** What the number is, with its unit: the title of the axis. */
  readonly measure: string;
}

const MOST_BARS = 20;
const LABEL_LIMIT = 190;

export function importancePlot({ values, measure }: ImportanceData): PlotSpec {
  const ranked = values.toSorted((a, b) => b[1] - a[1]);
  const shown = ranked.slice(0, MOST_BARS);
  const names = shown.map(([feature]) => feature);
  const labels = Math.min(LABEL_LIMIT, Math.max(0, ...names.map((name) => textWidth(name, 12))));
  const subtitle = ranked.length > MOST_BARS ? `the ${MOST_BARS} largest of ${figure(ranked.length)} features` : "";
  return plotSpec({ text: "Feature importance", subtitle }, sentence(ranked, measure), {
    data: { values: shown.map(([feature, value]) => ({ feature, value, text: figure(value) })) },
    width: Math.max(200, plotWidth + 40 - labels),
    height: { step: 23 },
    encoding: {
      y: {
        field: "feature",
        type: "nominal",
        sort: null,
        scale: { domain: names, paddingInner: 0.3 },
        axis: { title: null, labelLimit: LABEL_LIMIT, labelColor: colours.ink, ticks: false, domain: false },
      },
      x: {
        field: "value",
        type: "quantitative",
        title: measure,
        // Room for the figure behind the longest bar.
        scale: {
          domainMin: Math.min(0, ...shown.map(([, value]) => value)),
          domainMax: (shown[0]?.[1] ?? 1) * 1.2 || 1,
        },
        axis: { tickCount: 4, format: axisFormat([0, shown[0]?.[1] ?? 1]), labelOverlap: true },
      },
    },
    layer: [
      { mark: { type: "bar", color: colours.accent, cornerRadiusEnd: 2 } },
      {
        mark: { type: "text", align: "left", dx: 5, fontSize: 12, color: colours.muted },
        encoding: { text: { field: "text", type: "nominal" } },
      },
    ],
  });
}

function sentence(ranked: ImportanceData["values"], measure: string): string {
  const [first] = ranked;
  if (first === undefined || first[1] <= 0) return `No feature matters by this measure (${measure}).`;
  const total = ranked.reduce((sum, [, value]) => sum + Math.max(0, value), 0);
  const second = ranked[1] === undefined || ranked[1][1] <= 0 ? "" : `, followed by “${ranked[1][0]}”`;
  const idle = ranked.filter(([, value]) => value <= 0).length;
  const rest = idle === 0 ? "" : ` ${figure(idle)} of ${figure(ranked.length)} features add nothing.`;
  return `“${first[0]}” matters most with ${percent(first[1] / total)} of the sum${second}.${rest}`;
}
