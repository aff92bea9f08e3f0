import { describe, expect, it } from "vitest";
import { random } from "../core/random.ts";
import { plots } from "../testing/plots.ts";
import { htmlText } from "../reporting/html.ts";
import { plotFigure } from "../reporting/plotFigure.ts";
import { renderPng, renderSvg } from "./render.ts";
import type { PlotSpec } from "./theme.ts";

const chance = random(11);
const normal = (count: number, mean: number, deviation: number): Float64Array =>
  Float64Array.from({ length: count }, () => mean + deviation * chance.normal());
const curve = (label: string, skill: number) => ({
  label,
  area: 1 / (1 + skill),
  points: Array.from({ length: 50 }, (_, i) => [i / 49, (i / 49) ** skill] as const),
});
const classes = ["stayed", "exited"];
const actual = normal(300, 50, 10);
const predicted = actual.map((value) => value * 0.9 + 6);
const residuals = actual.map((value, i) => predicted[i]! - value);

/** One example of each plot, with strings that its SVG must show. */
const examples: Record<keyof typeof plots, readonly [PlotSpec, readonly string[]]> = {
  confusionMatrix: [
    plots.confusionMatrix({ classes, matrix: [[812, 23], [94, 1071]] }), // prettier-ignore
    ["Predicted class", "True class", "stayed", "exited", "812", "1,071", "97%"],
  ],
  rocCurve: [plots.rocCurve([curve("exited", 0.3)]), ["False positive rate", "True positive rate", "0.8"]],
  precisionRecall: [
    plots.precisionRecall([curve("a", 2), curve("b", 3)], null),
    ["Recall", "Precision", "a (0.333)", "b (0.250)"],
  ],
  thresholds: [
    plots.thresholds({
      threshold: 0.25,
      positive: "exited",
      points: [
        { threshold: 0.1, precision: 0.3, recall: 1, selected: 1 },
        { threshold: 0.3, precision: 0.5, recall: 0.8, selected: 0.4 },
        { threshold: 0.6, precision: 0.9, recall: 0.2, selected: 0.1 },
      ],
    }),
    ["Threshold: least probability of “exited”", "Precision", "Recall", "F1", "Predicted positive"],
  ],
  gains: [plots.gains([[0, 0], [0.2, 0.6], [1, 1]]), ["Share of rows", "Share of positives found"]], // prettier-ignore
  calibration: [
    plots.calibration([{ predicted: 0.1, observed: 0.12, count: 400 }, { predicted: 0.8, observed: 0.7, count: 90 }]), // prettier-ignore
    ["Predicted probability", "Observed share of positives", "Rows"],
  ],
  predictedVsActual: [
    plots.predictedVsActual({ target: "salary (EUR)", actual, predicted }),
    ["Actual salary (EUR)", "Predicted salary (EUR)", "300 rows; dashed: perfect prediction"],
  ],
  residuals: [
    plots.residuals({ target: "salary (EUR)", actual, predicted }),
    ["Predicted salary (EUR)", "Predicted − actual"],
  ],
  overTime: [
    plots.overTime({
      measure: "share of “exited”",
      unit: "day",
      points: [
        { at: 0, rows: 10, actual: 0.2, predicted: 0.3 },
        { at: 864e5, rows: 0, actual: null, predicted: null },
        { at: 2 * 864e5, rows: 10, actual: 0.5, predicted: 0.3 },
      ],
      isSmall: false,
    }),
    ["Mean share of “exited”", "actual", "predicted"],
  ],
  partialDependence: [
    plots.partialDependence({
      column: "city",
      kind: "category",
      values: ["oslo", "rome"],
      outputs: [{ label: "exited", colour: 0 }],
      means: [[0.2, 0.4]],
      missing: { share: 0.85, means: [0.31] },
      measure: "Mean probability",
      domain: [0.1, 0.5],
    }),
    ["oslo", "rome", "Mean probability", "Missing in 85 % of the rows: 0.310"],
  ],
  importance: [
    plots.importance([["age", 0.2], ["city", 0.1]], "Loss of F1 when shuffled"), // prettier-ignore
    ["age", "city", "0.200", "Loss of F1 when shuffled"],
  ],
  shapSummary: [
    plots.shapSummary({
      unit: "EUR",
      features: [
        { name: 'age "years"', values: [...actual], contributions: [...residuals] },
        {
          name: "city=rome",
          values: residuals.map((_, i) => i % 2),
          contributions: residuals.map((_, i) => 9 * (i % 2)),
        },
      ],
    }),
    [
      'age "years"',
      "city=rome",
      "SHAP value: effect on the prediction (EUR)",
      "low",
      "high",
      "300 rows; taller stripes: more rows",
    ],
  ],
  driftColumn: [
    plots.driftColumn({
      name: "kind",
      distribution: {
        kind: "category",
        names: ["a", "<b>"],
        others: 7,
        reference: [0.5, 0.3, 0.2],
        current: [0.1, 0.9, 0],
      },
    }),
    ["reference", "current", "<b>", "7 others", "90 %", "Share of rows"],
  ],
  forecast: [
    plots.forecast(
      "sales",
      [0.8, 0.95],
      [
        {
          name: 'store "a"',
          step: "daily",
          known: Array.from({ length: 30 }, (_, day) => ({ at: Date.UTC(2026, 0, 1 + day), value: 100 + (day % 7) })),
          forecast: [
            { at: Date.UTC(2026, 0, 31), value: 104, bounds: [[101, 107], [99, 110]] }, // prettier-ignore
            { at: Date.UTC(2026, 1, 1), value: 105, bounds: [null, null] },
          ],
        },
      ],
    ),
    [
      "sales",
      'Forecast of sales, store "a"',
      "grey: known values until 2026-01-30; blue: forecast, 80 % and 95 % interval",
    ],
  ],
  trials: [
    plots.trials({
      title: "max_depth",
      subtitle: "F1",
      sentence: "Best at 3.",
      points: [1, 3, 40].map((x, i) => ({ x, y: 0.7 + i / 100, label: `trial ${i + 1}`, isBest: i === 1 })),
    }),
    ["logarithmic"],
  ],
  scoreInterval: [
    plots.scoreInterval({
      metric: "F1",
      greaterIsBetter: true,
      models: [
        { label: "this model", value: 0.71, interval: [0.6, 0.8] },
        { label: "baseline", value: 0.4, interval: null },
      ],
    }),
    ["this model", "baseline", "0.710", "0.400"],
  ],
};

/** The text elements of an SVG, with entities decoded. */
function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) =>
    match[1]!.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"),
  );
}

/** The number of points in a scatter plot of `count` rows. */
async function marks(count: number): Promise<number> {
  const list = normal(count, 0, 1);
  const svg = await renderSvg(plots.predictedVsActual({ target: "y", actual: list, predicted: list }));
  return svg.match(/fill="#0072b2"/g)?.length ?? 0;
}

describe("renderSvg", () => {
  it.each(Object.entries(examples))("shows the labels of %s", async (_name, [spec, labels]) => {
    const svg = await renderSvg(spec);
    expect(svg).toMatch(/^<svg [^>]*viewBox="/);
    expect(textsOf(svg)).toEqual(expect.arrayContaining([...labels]));
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(spec.description).toMatch(/^\S.*\.$/);
    expect(spec.description).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("shows years without separators, on the axis and in the sentence", async () => {
    const shares = { reference: [0.5, 0.3, 0.2], current: [0.1, 0.2, 0.7] };
    const distribution = { kind: "number", edges: [1905, 1935, 1965, 1995], ...shares } as const;
    const spec = plots.driftColumn({ name: "built", distribution });
    expect(textsOf(await renderSvg(spec))).toEqual(expect.arrayContaining(["1920", "1980"]));
    expect(spec.description).toBe("Largest change: from 1965, from 20 % (reference) to 70 % (current).");
  });

  it("gives the same bytes again, also while other plots are rendered", async () => {
    const [spec] = examples.calibration;
    const alone = await renderSvg(spec);
    const [beside] = await Promise.all([renderSvg(spec), renderSvg(examples.rocCurve[0])]);
    expect(beside).toBe(alone);
  });

  it("escapes hostile names", async () => {
    const name = `<script>alert("1")</script>&'"`;
    const svg = await renderSvg(plots.importance([[name, 1]], "gain"));
    expect(svg).not.toContain("<script");
    expect(textsOf(svg).some((text) => text.startsWith("<script>alert"))).toBe(true);
  });

  it("labels marks for the mouse, links the title, and escapes hostile names in both", async () => {
    const label = `<script>alert("1")</script>`;
    const points = [1, 2].map((x) => ({ x, y: x, label, isBest: x === 1 }));
    const spec = plots.trials({ title: label, subtitle: "", sentence: "Best at 1.", points });
    const page = htmlText(await plotFigure("a", { ...spec, usermeta: { href: "/ui/trials" } }));
    expect(page.match(/<title>&lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt;<\/title><\/path>/g)).toHaveLength(2);
    expect(page).toContain('<a href="/ui/trials">&lt;script&gt;');
    expect(page).not.toContain("<script");
  });

  it("draws trials beyond the axis as triangles, and says how many", async () => {
    const values = [-9, 0.7, 0.71, 0.72, 0.73, 0.74, 1.4, 1.5];
    const points = values.map((y, x) => ({ x, y, label: "trial", isBest: false }));
    const spec = plots.trials({ title: "F1", subtitle: "", sentence: "Best at 7.", points });
    expect(spec.description).toBe(
      "Best at 7. 2 trials above 0.742 are triangles at the edge. 1 trial below 0.698 is a triangle at the edge.",
    );
    const best = plots.trials({
      title: "F1",
      subtitle: "",
      sentence: "",
      points: points.map((p) => ({ ...p, isBest: p.y === 1.5 })),
    });
    expect(best.description).not.toContain("above");
    const paths = [...(await renderSvg(spec)).matchAll(/aria-label="trial"[^>]* d="([^"]*)"/g)].map(
      ([, path]) => path!,
    );
    expect(paths.map((path) => path.includes("A"))).toEqual(values.map((y) => y > 0 && y < 1));
  });

  it("draws all rows up to 800, and 800 of more", async () => {
    expect(await marks(799)).toBe(799);
    expect(await marks(900)).toBe(800);
  });
});

describe("renderPng", () => {
  it("renders at the requested scale, with the same bytes each time", async () => {
    const [spec] = examples.confusionMatrix;
    const size = / width="(\d+)" height="(\d+)"/.exec(await renderSvg(spec))!;
    const png = await renderPng(spec);
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    // IHDR: width and height are at bytes 16 and 20.
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2 * Number(size[1]), 2 * Number(size[2])]);
    expect(await renderPng(spec)).toEqual(png);
  });

  it("renders text", async () => {
    const matrix = [[8, 2], [1, 9]]; // prettier-ignore
    const named = await renderPng(plots.confusionMatrix({ classes: ["stayed", "exited"], matrix }));
    const other = await renderPng(plots.confusionMatrix({ classes: ["served", "exempt"], matrix }));
    expect(named.length).toBeGreaterThan(5000);
    expect(named.equals(other)).toBe(false);
  });
});
