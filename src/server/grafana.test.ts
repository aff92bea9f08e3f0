import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { metrics } from "./state/metrics.ts";
import { metricsText } from "./routes/metricsText.ts";

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly gridPos: { x: number; y: number; w: number; h: number };
    readonly targets?: readonly { readonly expr: string }[];
  }[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
  readonly templating: { readonly list: readonly { readonly definition?: string }[] };
}

const dashboard = JSON.parse(readFileSync("deploy/grafana/dashboard.json", "utf8")) as Dashboard;

/** What a server tells Prometheus: labels by name of a series. */
function told(): Map<string, Set<string>> {
  const counted = metrics();
  counted.answered("POST", "/predict", { status: 200, seconds: 0.001 });
  counted.predicted(["yes"], true);
  const column = { test: "ks", measure: "p_value", statistic: 0.1, value: 0.01, limit: 0.05, psi: 0.1 } as const;
  const text = metricsText(counted.snapshot({ queued: 0, written: 1, dropped: 0 }, 1), {
    codeVersion: "0",
    runId: "a",
    deploymentId: 1,
    startedAt: 0,
    drift: {
      rules: "calibrated",
      referenceRows: 1,
      currentRows: 1,
      columns: { age: { ...column, direction: "below", drifted: true } },
      dataset: { tested: 1, drifted: 1, share: 1, limit: 0.5, detected: true },
    },
  });
  const series = new Map<string, Set<string>>();
  for (const line of text.split("\n")) {
    const [, name, labels = ""] = /^([a-z_]+)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const known = series.get(name) ?? new Set<string>();
    for (const [, label] of labels.matchAll(/(\w+)="/g)) known.add(label!);
    series.set(name, known);
  }
  return series;
}

const expressions = [
  ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...dashboard.annotations.list.map(({ expr }) => expr),
  ...dashboard.templating.list.flatMap(({ definition }) => definition ?? []),
];

/** Given by Prometheus to every series. */
const OWN = new Set(["job", "instance"]);

describe("the Grafana dashboard", () => {
  it("asks only for metrics that /metrics tells, by labels that they have", () => {
    const series = told();
    const wrong: string[] = [];
    for (const expression of expressions) {
      const asked = [...expression.matchAll(/\b((?:mlctl|process)_[a-z_]+)(?:\{([^}]*)\})?/g)];
      expect(asked.length, expression).toBeGreaterThan(0);
      const grouped = [...expression.matchAll(/by \(([^)]*)\)/g)].flatMap(([, names]) => names!.split(/, */));
      for (const [, name, selector = ""] of asked) {
        const labels = series.get(name!);
        if (labels === undefined) wrong.push(`${name} is not told`);
        const used = [...[...selector.matchAll(/(\w+)=~?"/g)].map(([, label]) => label!), ...grouped];
        for (const label of used)
          if (!OWN.has(label) && labels?.has(label) === false) wrong.push(`${name} has no ${label}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("shows every metric that /metrics tells", () => {
    const all = expressions.join("\n");
    expect([...told().keys()].filter((name) => !all.includes(name))).toEqual([]);
  });

  it("has panels that lie side by side and never over another", () => {
    const cells = new Set<string>();
    for (const { title, gridPos } of dashboard.panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(cells.has(`${x} ${y}`), title).toBe(false);
          cells.add(`${x} ${y}`);
        }
      }
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
    }
  });
});
