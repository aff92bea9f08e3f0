/** Seeded example input of a report for each task, for tests and previews. */
import { random, type Random } from "../core/random.ts";
import type { Run } from "../core/records/lineage.ts";
import type { Task } from "../core/table/table.ts";
import { exampleColumns, exampleDrift } from "./exampleDrift.ts";
import { CLASSES, HASH, exampleMetrics, exampleRun } from "./exampleRun.ts";
import type { Curve } from "../plots/curve.ts";
import type { MetricLabel, ReportInput } from "../reporting/reportInput.ts";

const [AT, LATER] = ["2026-03-01T09:30:00.000Z", "2026-03-02T10:00:00.000Z"];

/** The same task and seed give the same report. */
export function exampleInput(task: Task, seed = 7): ReportInput {
  const chance = random(seed);
  const classes = CLASSES[task];
  const metrics = exampleMetrics(task);
  const run = exampleRun(task, metrics, chance);
  const value = run.metrics[metrics[0]!.name]!;
  const model = { path: "models/trainedmodel_20260301T093000000Z.json", sha256: HASH, bytes: 48_211 };
  const deployment = {
    ...({
      kind: "deployment",
      deploymentId: 3,
      runId: run.runId,
      deployedAt: LATER,
      previousRunId: "run_0007",
    } as const),
    ...({ action: "deploy", reasons: [`${metrics[0]!.label} is better by 0.03`], aliases: ["champion"] } as const),
    metric: metrics[0]!.name,
    value,
    datasetSha256: HASH,
    configSha256: HASH,
    model,
    latestScore: null,
    ingestedFiles: null,
  };
  return {
    name: task === "regression" ? "Salaries" : "Attrition",
    description: null,
    generatedAt: LATER,
    run,
    signature: {
      inputs: [{ name: "lastmonth_activity", kind: "number", missingShare: 0 }],
      target: { name: task === "regression" ? "salary (EUR)" : "exited", task, classes },
      reading: { nullValues: [""], normalizeNames: false },
    },
    metric: metrics[0]!.name,
    metrics,
    money: null,
    broken: [],
    decision: {
      status: "deployed",
      reasons: [`${metrics[0]!.label} ${value} is better than the deployed model's`, "no check failed"],
      champion: {
        runId: "run_0007",
        value: value * 0.95,
        interval: [value * 0.9, value],
      },
    },
    ...curvesOf(task, classes, chance),
    predictions: task === "regression" ? predictionsOf(chance) : null,
    ...meansOf(classes, metrics[0]!),
    shap: shapOf(task === "multiclass" ? classes : classes.slice(1), chance),
    importance: Array.from({ length: 24 }, (_, i) => [`feature_${i + 1}`, 0.12 * Math.exp(-i / 5)] as const),
    importanceMeasure: `Loss of ${metrics[0]!.label} when shuffled`,
    ...exampleDrift(chance),
    candidates: candidatesOf(run, metrics),
    data: { rows: 2600, columns: exampleColumns(chance, 0) },
    dataset: {
      ...({ kind: "dataset", datasetId: "20260301T092500000Z", createdAt: AT, rows: 2600, columns: [] } as const),
      artifact: { path: "ingesteddata/finaldata.csv", sha256: HASH, bytes: 120_000 },
      inputFolder: "practicedata",
      duplicatesRemoved: 400,
      ingestSha256: HASH,
      seconds: 0.4,
      files: ["dataset1.csv", "dataset2.csv"].map((file) => ({
        path: `practicedata/${file}`,
        sha256: HASH,
        bytes: 60_000,
        rows: 1500,
      })),
      rejected: [
        { path: "practicedata/broken.csv", sha256: HASH, bytes: 12, reason: "a quote is not closed", line: 3 },
      ],
    },
    deployment,
    deployedVersion: run.modelVersion,
    deployments: [{ ...deployment, deploymentId: 1 }, { ...deployment, deploymentId: 2 }, deployment],
    warnings: [
      "column “lastyear_activity” alone predicts the target with 97 %: check whether it is known at prediction time",
    ],
    findings: [
      { name: "missing values", status: "pass", value: 0.02, limit: 0.3, message: "at most 2 % missing in a column" },
      {
        name: "drift",
        status: "warn",
        value: "2 of 4",
        limit: 0.5,
        message: "lastmonth_activity and corporation drifted",
      },
      {
        name: "integrity",
        status: "fail",
        value: 1,
        limit: 0,
        message: "models/old.json has changed since it was written",
      },
    ],
  };
}

function curvesOf(task: Task, classes: readonly string[], chance: Random) {
  const shown = task === "regression" ? [] : task === "binary" ? classes.slice(1) : classes;
  const curves = (shape: (x: number, skill: number) => number): Curve[] =>
    shown.map((label, i) => {
      const skill = 0.15 + 0.5 * ((i + 1) / (shown.length + 1));
      const points = Array.from({ length: 120 }, (_, k) => [k / 119, shape(k / 119, skill)] as const);
      return { label, points, area: 1 / (1 + skill) };
    });
  const bins = Array.from({ length: 10 }, (_, i) => {
    const predicted = (i + 0.5) / 10;
    return {
      predicted,
      observed: Math.min(1, Math.max(0, predicted * 0.9 + 0.04 * chance.normal())),
      count: 220 - 20 * i,
    };
  });
  return {
    roc: task === "regression" ? null : curves((x, skill) => x ** skill),
    precisionRecall:
      task === "regression" ? null : curves((x, skill) => 1 - (1 - 0.3 * skill) * x ** (1 / skill) * 0.7),
    positiveShare: task === "binary" ? 0.3 : null,
    calibration: task === "binary" ? bins : null,
    thresholds: task === "binary" ? { positive: classes[1]!, threshold: 0.35, points: thresholdsOf() } : null,
    gains: task === "binary" ? ([[0, 0], [0.3, 0.7], [1, 1]] as const) : null, // prettier-ignore
  };
}

/** The first feature is a number that raises the prediction, the second a flag that lowers it. */
function shapOf(classes: readonly string[], chance: Random): ReportInput["shap"] {
  const outputs = classes.length === 0 ? ["salary (EUR)"] : classes.map((label) => `log-odds of “${label}”`);
  return outputs.map((unit) => ({
    unit,
    features: Array.from({ length: 15 }, (_, i) => {
      const values = Array.from({ length: 300 }, () => (i === 1 ? Number(chance.uniform() < 0.3) : chance.normal()));
      const weight = (i % 2 === 0 ? 1 : -1) * Math.exp(-i / 4);
      return {
        name: `feature_${i + 1}`,
        values,
        contributions: values.map((value) => weight * (value + 0.3 * chance.normal())),
      };
    }),
  }));
}

function predictionsOf(chance: Random): NonNullable<ReportInput["predictions"]> {
  const actual = Float64Array.from({ length: 500 }, () => 20_000 + 80_000 * chance.uniform() ** 2);
  return { actual, predicted: actual.map((value) => value * 0.93 + 4000 + chance.normal() * value * 0.09) };
}

function candidatesOf(run: Run, metrics: readonly MetricLabel[]): readonly Run[] {
  const worse = (family: string, rank: number, share: number): Run => ({
    ...run,
    family,
    rank,
    runId: `run_001${rank + 1}`,
    seconds: 0.3,
    model: null,
    modelVersion: null,
    metrics: Object.fromEntries(
      metrics.map(({ name, greaterIsBetter }) => [name, run.metrics[name]! * (greaterIsBetter ? share : 1 / share)]),
    ),
  });
  const failed: Run = {
    ...worse("linear_regression", 4, 1),
    status: "FAILED",
    metrics: {},
    error: "needs a number target",
  };
  return [run, worse("logistic_regression", 2, 0.96), worse("baseline", 3, 0.5), failed];
}

function meansOf(
  classes: readonly string[],
  metric: MetricLabel,
): Pick<ReportInput, "meanClasses" | "dependence" | "weakest" | "overTime"> {
  const meanClasses = classes.length === 2 ? classes.slice(1) : classes;
  const of = (values: readonly number[]) => Array.from({ length: Math.max(1, meanClasses.length) }, () => values);
  const points = [0, 1, 2].map((i) => ({
    at: Date.UTC(2026, 0, 1 + i),
    rows: 9,
    actual: 0.2 + i / 10,
    predicted: 0.3,
  }));
  const segment = { column: "city", value: "Oslo", rows: 90, metricValue: 0.5, difference: -0.2, standardError: 0.04 };
  return {
    meanClasses,
    dependence: {
      rows: 500,
      columns: [
        { column: "age", kind: "number", values: [20, 30, 50], means: of([0.2, 0.3, 0.6]) },
        { column: "city", kind: "category", values: ["Oslo", "Rome"], means: of([0.5, 0.4]) },
        { column: "day", kind: "date", values: [0, 864e5, 1728e5], means: of([0.2, 0.3, 0.25]) },
      ],
    },
    weakest: {
      metric,
      value: 0.7,
      rows: 1000,
      testRows: 1000,
      compared: 40,
      minimum: "30 rows",
      segments: [{ ...segment, means: meanClasses.length > 1 ? null : [0.4, 0.3] }],
    },
    overTime: {
      unit: "day",
      outputs: Array.from({ length: Math.max(1, meanClasses.length) }, () => points),
    },
  };
}

function thresholdsOf() {
  return Array.from({ length: 50 }, (_, i) => {
    const threshold = (i + 1) / 50;
    return { threshold, precision: 0.3 + 0.6 * threshold, recall: 1 - threshold ** 2, selected: 1 - threshold };
  });
}
