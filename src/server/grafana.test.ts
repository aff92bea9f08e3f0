import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { PerformanceReport } from "../core/records/monitoring.ts";
import { metrics } from "./state/metrics.ts";
import { metricsText } from "./routes/metricsRoutes.ts";

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

function exportedText(): string {
  const counted = metrics();
  counted.countRequest("POST", "/predict", { status: 200, seconds: 0.001 });
  counted.countPredictions(["yes"], true);
  const column = { test: "ks", measure: "p_value", statistic: 0.1, value: 0.01, limit: 0.05, psi: 0.1 } as const;
  const finding = { value: null, limit: null, interval: null, passes: null, message: "" };
  return metricsText(counted.snapshot({ queued: 0, written: 1, dropped: 0, failing: 0 }, 1), {
    codeVersion: "0",
    runId: "a",
    deploymentId: 1,
    startedAt: 0,
    monitoring: {
      createdAt: "2026-01-01T00:00:00.000Z",
      drift: {
        rules: "calibrated",
        referenceRows: 1,
        currentRows: 1,
        columns: { age: { ...column, direction: "below", drifted: true } },
        dataset: { tested: 1, drifted: 1, share: 1, limit: 0.5, detected: true },
        target: null,
      },
      performance: {
        metric: "f1",
        reference: 0.8,
        metrics: { f1: 0.7, roc_auc: null },
      } as unknown as PerformanceReport,
      findings: [
        { ...finding, area: "drift", name: "dataset drift", status: "fail" },
        { ...finding, area: "quality", name: "missing", status: "pass" },
        { ...finding, area: "performance", name: "f1", status: "skipped" },
        { ...finding, area: "performance", name: "f1 (estimated)", status: "warn" },
      ],
    },
  });
}

/** Label names of each metric in the output of /metrics. */
function exportedMetrics(): Map<string, Set<string>> {
  const series = new Map<string, Set<string>>();
  for (const line of exportedText().split("\n")) {
    const [, name, labels = ""] = /^([a-z_]+)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const known = series.get(name) ?? new Set<string>();
    for (const [, label] of labels.matchAll(/(\w+)="/g)) known.add(label!);
    series.set(name, known);
  }
  return series;
}

interface AlertRule {
  readonly uid: string;
  readonly condition: string;
  readonly labels: { readonly severity: string };
  readonly data: readonly {
    readonly refId: string;
    readonly model: { readonly expr?: string; readonly expression?: string };
  }[];
}

const { rules } = (parse(readFileSync("deploy/grafana/alerts.yaml", "utf8")) as { groups: { rules: AlertRule[] }[] })
  .groups[0]!;

const shown = [
  ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...dashboard.annotations.list.map(({ expr }) => expr),
  ...dashboard.templating.list.flatMap(({ definition }) => definition ?? []),
];

const expressions = [...shown, ...rules.flatMap(({ data }) => data.flatMap(({ model }) => model.expr ?? []))];

/** Labels that Prometheus adds to every series. */
const PROMETHEUS_LABELS = new Set(["job", "instance"]);

it("counts failures only in the areas that were judged", () => {
  expect(exportedText().match(/^mlctl_monitoring_failures.*/gm)).toEqual([
    'mlctl_monitoring_failures{area="drift"} 1',
    'mlctl_monitoring_failures{area="quality"} 0',
  ]);
});

describe("the Grafana alert rules", () => {
  it("have their own names, a severity and a condition on a query of theirs", () => {
    expect(new Set(rules.map(({ uid }) => uid)).size).toBe(rules.length);
    for (const { uid, condition, labels, data } of rules) {
      expect(labels.severity, uid).toMatch(/^(critical|warning)$/);
      const [query, threshold] = [data.find(({ model }) => model.expr), data.find(({ refId }) => refId === condition)];
      expect(threshold?.model.expression, uid).toBe(query?.refId);
    }
  });

  it("keep the projects of one Prometheus apart, and notice a server that is gone", () => {
    const queries = rules.flatMap(({ data }) => data.flatMap(({ model }) => model.expr ?? []));
    expect(queries.filter((query) => /\b(sum|min|max|count) *(?! by \(job)\(/.test(query))).toEqual([]);
    expect(queries.filter((query) => query.includes("absent(") && query.includes("up == bool 0"))).toHaveLength(1);
  });
});

describe("the Grafana dashboard and the alert rules", () => {
  it("uses only metrics and labels that /metrics exports", () => {
    const series = exportedMetrics();
    const wrong: string[] = [];
    for (const expression of expressions) {
      const used = [...expression.matchAll(/\b((?:mlctl|process)_[a-z_]+)(?:\{([^}]*)\})?/g)];
      expect(used.length, expression).toBeGreaterThan(0);
      const grouped = [...expression.matchAll(/by \(([^)]*)\)/g)].flatMap(([, names]) => names!.split(/, */));
      for (const [, name, selector = ""] of used) {
        const labels = series.get(name!);
        if (labels === undefined) wrong.push(`${name} is not exported`);
        const usedLabels = [...[...selector.matchAll(/(\w+)=~?"/g)].map(([, label]) => label!), ...grouped];
        for (const label of usedLabels)
          if (!PROMETHEUS_LABELS.has(label) && labels?.has(label) === false) wrong.push(`${name} has no ${label}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("shows every metric that /metrics exports", () => {
    const all = shown.join("\n");
    expect([...exportedMetrics().keys()].filter((name) => !all.includes(name))).toEqual([]);
  });

  it("has panels that do not overlap", () => {
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
