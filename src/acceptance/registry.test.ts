/** The registry as a person uses it: notes, exports, diff with its gate, why, names by training, and money. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as ort from "onnxruntime-web";
import { beforeAll, describe, expect, it } from "vitest";
import { emptyWorkspace, repository, sampleWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

ort.env.wasm.numThreads = 1;

const shared = join(repository, "../shared/data");
const models = [
  { family: "logistic_regression" },
  { family: "xgboost", params: { n_estimators: 30 } },
  { family: "baseline" },
];

interface DiffJson {
  readonly rows: number;
  readonly differences: readonly { readonly metric: string; readonly verdict: string; readonly difference: number }[];
  readonly gates: readonly { readonly metric: string; readonly passed: boolean }[];
}

let workspace: LifecycleWorkspace;
beforeAll(() => {
  workspace = sampleWorkspace();
  workspace.configure({
    train: { models, metric: "cost", threshold: "tune" },
    costs: { currency: "EUR", false_positive: 5, false_negative: 50 },
    promotion: { top: ["best", "runner_up"], always_alias: ["staging"], require: { cost: { max: 100 } } },
  });
  workspace.ok("ingest");
  workspace.ok("train");
});

describe("money", () => {
  it("ranks, scores and gates by the cost of predictions, with the currency", () => {
    const { leaderboard } = workspace.json<{ leaderboard: { metrics: { cost: number } }[] }>("train");
    expect(leaderboard[0]!.metrics.cost).toBeLessThanOrEqual(leaderboard[1]!.metrics.cost);
    const scored = workspace.run(["score"]);
    expect(scored.stderr).toContain("cost is EUR per 1,000 rows");
    const { confusion_matrix: matrix, value } = workspace.json<{ confusion_matrix: number[][]; value: number }>(
      "score",
    );
    const [[trueNo, falseYes], [falseNo, trueYes]] = matrix as [[number, number], [number, number]];
    const rows = trueNo + falseYes + falseNo + trueYes;
    expect(value).toBeCloseTo((1000 * (5 * falseYes + 50 * falseNo)) / rows, 9);
    const { status, reasons } = workspace.json<{ status: string; reasons: string[] }>("deploy", "--dry-run");
    expect([status, reasons[0]]).toEqual(["kept", expect.stringMatching(/^cost is \d+; required: at most 100$/)]);
  });

  it("is a configuration error if no costs are set", () => {
    const other = emptyWorkspace({ target: "y", train: { metric: "cost" } });
    const { status, stderr } = other.run(["train"]);
    expect(status).toBe(2);
    expect(stderr).toContain('found "cost", but "costs" is not set');
  });
});

describe("the registry", () => {
  it("names the first of the leaderboard, and shows notes beside them", () => {
    workspace.ok("models", "note", "@best", "the cheapest so far");
    const listed = workspace.ok("models", "list");
    expect(listed.split("\n")[1]).toMatch(/@best @staging.*the cheapest so far/);
    expect(listed.split("\n")[2]).toContain("@runner_up");
  });

  it("shows how two runs differ, and fails a gate with exit 10", () => {
    const diff = workspace.json<DiffJson>("runs", "diff", "@best", "@runner_up");
    expect(diff.rows).toBe(500);
    const worse = diff.differences.find(({ metric }) => metric === "roc_auc")!;
    const [a, b] = worse.difference < 0 ? ["@best", "@runner_up"] : ["@runner_up", "@best"];
    const gated = workspace.run(["runs", "diff", a!, b!, "--max-drop", "auc=0"]);
    expect([gated.status, gated.stderr]).toEqual([10, expect.stringContaining("gate failed: roc_auc is worse by 0.")]);
    expect(workspace.run(["runs", "diff", b!, a!, "--max-drop", "auc=0"]).status).toBe(0);
    const typo = workspace.run(["runs", "diff", a!, b!, "--max-drop", "auc"]);
    expect([typo.status, typo.stderr]).toEqual([2, expect.stringContaining("write --max-drop roc_auc=0.01")]);
  });

  it("takes a difference apart in words", () => {
    const { status, stdout, stderr } = workspace.run(["why", "@best", "--against", "@runner_up"]);
    expect([status, stderr]).toEqual([0, expect.stringContaining("on the same 500 test rows")]);
    expect(stdout).toContain("choices of mlctl");
    expect(stdout).toMatch(/^difference\t[+-]?[\d.]+, (better|worse) on these rows(:|, but) /m);
    expect(workspace.ok("why", "@runner_up", "@best")).toBe(stdout);
    const three = workspace.run(["why", "@runner_up", "@best", "--against", "v1"]);
    expect([three.status, three.stderr]).toEqual([2, expect.stringContaining("two runs and --against v1 are three")]);
  });

  it("exports to files and pipes, and says what has no such form", () => {
    workspace.ok("models", "export", "@best", "--format", "json", "-o", "copy.json");
    expect(workspace.ok("models", "export", "@best")).toBe(workspace.read("copy.json"));
    const trees = workspace.json<{ runs: { run_id: string; family: string; model: unknown }[] }>(
      "runs",
      "list",
      "--models",
    );
    const { run_id: runId } = trees.runs.find(({ family }) => family === "xgboost")!;
    const exported = workspace.ok("models", "export", runId, "--format", "xgboost-json");
    expect(JSON.parse(exported)).toHaveProperty("learner");
    const linear = trees.runs.find(({ family }) => family === "logistic_regression")!;
    const refused = workspace.run(["models", "export", linear.run_id, "--format", "xgboost-json"]);
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining("--format onnx")]);
  });
});

/** Cells by column; no cell of these files holds a comma. */
function columnsOf(csv: string): Map<string, string[]> {
  const [header, ...lines] = csv.trim().split(/\r?\n/);
  const cells = lines.map((line) => line.split(","));
  return new Map(header!.split(",").map((name, i) => [name, cells.map((row) => row[i]!)]));
}

interface ExportJson {
  readonly inputs: readonly { readonly name: string; readonly kind: string }[];
}

/** What ONNX Runtime answers for the cells of a CSV, fed as they stand there. */
async function answersOf(
  from: LifecycleWorkspace,
  model: string,
  csv: string,
): Promise<ort.InferenceSession.ReturnType> {
  const { inputs } = from.json<ExportJson>("models", "export", model, "--format", "onnx", "-o", "model.onnx");
  const session = await ort.InferenceSession.create(join(from.folder, "model.onnx"));
  const columns = columnsOf(csv);
  const feeds = inputs.map(({ name, kind }) => {
    const cells = columns.get(name)!;
    const shape = [cells.length, 1];
    const numbers = (): Float64Array => Float64Array.from(cells, (cell) => (cell === "" ? NaN : Number(cell)));
    const tensor =
      kind === "string" ? new ort.Tensor("string", cells, shape) : new ort.Tensor("float64", numbers(), shape);
    return [name, tensor] as const;
  });
  return session.run(Object.fromEntries(feeds));
}

function trainedOn(csv: string, config: object): LifecycleWorkspace {
  const made = emptyWorkspace({ input_folder_path: "in", promotion: { top: ["first", "second"] }, ...config });
  made.write({ "in/rows.csv": csv });
  made.ok("ingest");
  made.ok("train");
  return made;
}

function head(path: string, rows: number): string {
  return `${readFileSync(path, "utf8")
    .split(/\r?\n/)
    .slice(0, rows + 1)
    .join("\n")}\n`;
}

describe.runIf(existsSync(shared))("models of real data as ONNX predict as mlctl predict does", () => {
  it("traffic: numbers and texts, trees and ridge, texts that training never saw", async () => {
    const csv = head(join(shared, "traffic/Metro_Interstate_Traffic_Volume_2012.csv"), 1500);
    const families = [{ family: "xgboost", params: { n_estimators: 30 } }, { family: "ridge" }];
    const train = { models: families };
    const made = trainedOn(csv, { target: "traffic_volume", drop_columns: ["date_time"], train });
    const rows = head(join(shared, "traffic/Metro_Interstate_Traffic_Volume_2016.csv"), 400);
    made.write({ "new.csv": rows });
    for (const name of ["@first", "@second"]) {
      const told = columnsOf(made.ok("predict", "new.csv", "--model", name))
        .get("prediction")!
        .map(Number);
      const answers = (await answersOf(made, name, rows))["prediction"]!.data as Float64Array;
      expect(answers.length).toBe(told.length);
      // To 1e-5 of the value: trees add float32 in both, and so do their features.
      expect(told.filter((value, row) => Math.abs(value - answers[row]!) > 1e-5 * Math.abs(value))).toEqual([]);
    }
  });

  it("churn: probabilities after calibration, and the class by the tuned threshold", async () => {
    const csv = readFileSync(join(shared, "churn/customer_churn_0.csv"), "utf8");
    const families = [{ family: "xgboost", params: { n_estimators: 30 } }, { family: "logistic_regression" }];
    const train = { models: families, threshold: "tune", calibration: "sigmoid" };
    const made = trainedOn(csv, { target: "Churn", train });
    const rows = readFileSync(join(shared, "churn/customer_churn_synthetic_1.csv"), "utf8");
    made.write({ "new.csv": rows });
    for (const name of ["@first", "@second"]) {
      const told = columnsOf(made.ok("predict", "new.csv", "--model", name));
      const answers = await answersOf(made, name, rows);
      expect(answers["prediction"]!.data).toEqual(told.get("prediction"));
      const shares = answers["probabilities"]!.data as Float64Array;
      const ours = told.get("probability")!.map(Number);
      expect(ours.filter((share, row) => Math.abs(share - shares[2 * row + 1]!) > 1e-5)).toEqual([]);
    }
  });
});
