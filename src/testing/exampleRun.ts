/** A seeded example run for each task, for the example report. */
import type { Random } from "../core/random.ts";
import type { Run, ScoreRecord } from "../core/records/lineage.ts";
import type { Task } from "../core/table/table.ts";
import type { MetricLabel } from "../reporting/reportInput.ts";

export const LONG_NAMES = [
  "administrative assistant",
  "business development",
  "customer success (EMEA)",
  "data engineering",
  "external contractor",
  "finance & controlling",
  "general management",
  "human resources and recruiting",
  "information security",
  "junior sales",
  "key account management",
  "legal and compliance department",
];

export const CLASSES: Readonly<Record<Task, readonly string[]>> = {
  regression: [],
  binary: ["stayed", "exited"],
  multiclass: LONG_NAMES,
};

export const HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const AT = "2026-03-01T09:30:00.000Z";

export function exampleMetrics(task: Task): readonly MetricLabel[] {
  if (task === "regression") return [down("rmse", "RMSE"), down("mae", "MAE"), up("r2", "R²")];
  const shared = [up("f1", "F1"), up("accuracy", "Accuracy"), up("balanced_accuracy", "Balanced accuracy")];
  return [...shared, up("roc_auc", "ROC AUC"), down("log_loss", "Log loss")];
}

export function exampleRun(task: Task, metrics: readonly MetricLabel[], chance: Random): Run {
  const values = Object.fromEntries(
    metrics.map(({ name }) => [name, task === "regression" && name !== "r2" ? 4210.5 : 0.7132]),
  );
  return {
    ...({
      kind: "run",
      runId: "run_0012",
      status: "FINISHED",
      createdAt: AT,
      trainId: "t12",
      metric: metrics[0]!.name,
      task,
      family: "xgboost",
    } as const),
    engine: "wasm",
    featureSet: "auto",
    metric: metrics[0]!.name,
    params: { max_depth: 6, learning_rate: 0.1 },
    metrics: values,
    tags: {},
    datasetId: "20260301T092500000Z",
    datasetSha256: HASH,
    configSha256: HASH,
    config: {},
    codeVersion: "0.1.0",
    seed: 42,
    trainingRows: 2080,
    validationRows: 520,
    seconds: 1.42,
    rank: 1,
    modelVersion: 12,
    model: { path: "models/trainedmodel_20260301T093000000Z.json", sha256: HASH, bytes: 48_211 },
    warnings: [],
    score: scoreOf(task, values, chance),
  };
}

function scoreOf(task: Task, metrics: Record<string, number>, chance: Random): ScoreRecord {
  const classes = CLASSES[task];
  const [main] = Object.keys(metrics);
  const around = (share: number): Record<string, number> =>
    Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, value * share]));
  const intervals = Object.entries(metrics).map(([name, value]) => [name, [value * 0.95, value * 1.05]] as const);
  const matrix = classes.map((_, i) =>
    classes.map((_class, j) =>
      i === j ? 60 + chance.integer(200) : chance.uniform() < 0.4 || classes.length === 2 ? chance.integer(60) : 0,
    ),
  );
  return {
    createdAt: AT,
    metric: main!,
    value: metrics[main!]!,
    interval: null,
    metrics,
    rows: 1000,
    copiedRows: 3,
    intervals: Object.fromEntries(intervals),
    baseline: around(task === "regression" ? 2.5 : 0.55),
    confusionMatrix: classes.length > 0 ? matrix : null,
    classReport:
      classes.length > 0
        ? classes.map((label, i) => ({
            label,
            precision: 0.7,
            recall: 0.6,
            f1: 0.65,
            support: matrix[i]!.reduce((sum, n) => sum + n, 0),
          }))
        : null,
    testFiles: [{ path: "testdata/testdata.csv", sha256: HASH, rows: 1000 }],
    artifact: { path: "models/latestscore_20260301T093000000Z.txt", sha256: HASH, bytes: 7 },
  };
}

function up(name: string, label: string): MetricLabel {
  return { name, label, greaterIsBetter: true };
}

function down(name: string, label: string): MetricLabel {
  return { name, label, greaterIsBetter: false };
}
