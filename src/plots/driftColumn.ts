/** A column's distribution in the reference and in the current rows. */
import type { ColumnDistribution } from "../core/records/monitoring.ts";
import { labelsWidth, nameAxis, nominal, quantitative, valueAxis } from "./axes.ts";
import { cellNumber, displayNumber, percent } from "./displayNumber.ts";
import { colours, plotSpec, type PlotSpec } from "./theme.ts";

interface DriftColumn {
  readonly name: string;
  readonly distribution: ColumnDistribution;
  /** Of the data area, in px. */
  readonly width?: number;
  readonly subtitle?: string;
  /** What the current rows are compared with. */
  readonly before?: string;
}

const LABEL_LIMIT = 110;

export function driftColumnPlot(data: DriftColumn): PlotSpec {
  const { name, distribution, width = 250, subtitle = "", before = "reference" } = data;
  const sides = [before, "current"];
  const legend = { title: null, orient: "top", direction: "horizontal", symbolType: "square", symbolOpacity: 1 };
  const color = nominal("side", sides, [colours.grey, colours.accent], { ...legend, offset: 4 });
  const shares = [distribution.reference, distribution.current];
  const title = { text: name, subtitle };
  if (distribution.kind !== "category") {
    const { edges, kind } = distribution;
    // The outline of a histogram has two points for each bin.
    const values = shares.flatMap((list, i) =>
      list.flatMap((share, bin) => [bin, bin + 1].map((edge) => ({ x: edges[edge]!, share, side: sides[i]! }))),
    );
    const isSide = (i: number) => [{ filter: { field: "side", equal: sides[i]! } }];
    return plotSpec(title, sentence(data), {
      data: { values },
      width,
      height: 120,
      encoding: {
        x: valueAxis("x", kind, [edges[0]!, edges.at(-1)!]),
        y: quantitative("share", "Share of rows", { stack: null, axis: { format: "~%", tickCount: 3 } }),
        color,
      },
      layer: [
        { transform: isSide(0), mark: { type: "area", opacity: 0.45 } },
        { transform: isSide(1), mark: { type: "line", strokeWidth: 2 } },
      ],
    });
  }
  const names = distributionBins(distribution);
  return plotSpec(title, sentence(data), {
    data: {
      values: shares.flatMap((list, i) =>
        list.map((share, bin) => ({ category: names[bin]!, share, text: percent(share), side: sides[i]! })),
      ),
    },
    width: width + 30 - labelsWidth(names, LABEL_LIMIT),
    height: { step: 12 },
    encoding: {
      y: nameAxis("category", names, LABEL_LIMIT, { paddingInner: 0.25 }),
      yOffset: { field: "side", scale: { domain: sides } },
      x: quantitative("share", "Share of rows", {
        // Room for the label after the longest bar.
        scale: { domain: [0, Math.max(...shares.flat()) * 1.2 || 1], nice: false },
        axis: { format: "~%", tickCount: 3, labelFlush: false },
      }),
    },
    layer: [
      { mark: { type: "bar", cornerRadiusEnd: 1 }, encoding: { color } },
      {
        mark: { type: "text", align: "left", dx: 4, fontSize: 10.5, color: colours.ink },
        encoding: { text: { field: "text" } },
      },
    ],
  });
}

export function distributionBins(distribution: ColumnDistribution): string[] {
  if (distribution.kind === "category") {
    const { names, others } = distribution;
    return others === 0 ? [...names] : [...names, `${displayNumber(others)} others`];
  }
  const shown = distribution.edges.map((value) =>
    distribution.kind === "date" ? new Date(value).toISOString().slice(0, 10) : cellNumber(value, 4),
  );
  const bins = shown.slice(1).map((end, i) => `${shown[i]!} to ${end}`);
  return bins.length < 2 ? bins : [`up to ${shown[1]!}`, ...bins.slice(1, -1), `from ${shown.at(-2)!}`];
}

function sentence({ distribution, before = "reference" }: DriftColumn): string {
  const changes = distributionBins(distribution).map((name, i) => {
    const [past, now] = [distribution.reference[i]!, distribution.current[i]!];
    return { name: distribution.kind === "category" ? `“${name}”` : name, past, now, size: Math.abs(now - past) };
  });
  const { name, past, now } = changes.toSorted((a, b) => b.size - a.size)[0]!;
  return `Largest change: ${name}, from ${percent(past)} (${before}) to ${percent(now)} (current).`;
}
