/** Several classes and numbers as targets, end to end: texts, dates and missing values in the rows. */
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { random } from "../core/random.ts";
import { served } from "./servedWorkspace.ts";
import { emptyWorkspace, type FullprocessJson, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

interface ScoreJson {
  readonly task: string;
  readonly classes: readonly string[] | null;
  readonly value: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly baseline: Readonly<Record<string, number>>;
  readonly confusion_matrix: readonly (readonly number[])[] | null;
}

interface DiagnoseJson {
  readonly predictions: { readonly rows: number; readonly values: Readonly<Record<string, unknown>> };
  readonly missing: Readonly<Record<string, number>>;
  readonly findings: readonly { readonly name: string; readonly status: string }[];
}

const species = ["setosa", "versicolor", "virginica"];
const centres = [
  [5.0, 3.4, 1.5],
  [5.9, 2.8, 4.3],
  [6.6, 3.0, 5.6],
];

/** Three kinds of flowers: three lengths (some missing), where and when they grew. Kinds prefer places. */
function flowers(seed: number, count: number): string {
  const { normal, integer, uniform } = random(seed);
  const rows = Array.from({ length: count }, (_, i) => {
    const kind = integer(3);
    const lengths = centres[kind]!.map((mean) => (uniform() < 0.05 ? "" : (mean + 0.4 * normal()).toFixed(2)));
    const place = ["north", "south", "île de Ré"][uniform() < 0.7 ? kind : integer(3)]!;
    const day = `2024-${String(1 + integer(12)).padStart(2, "0")}-${String(1 + integer(28)).padStart(2, "0")}`;
    return [`p${seed}_${i}`, ...lengths, place, day, species[kind]].join();
  });
  return `plant,length,width,petal,place,seen_on,species\n${rows.join("\n")}\n`;
}

/** Rents of flats: linear in size and floor, dearer by the sea; sizes and ages are missing now and then. */
function flats(seed: number, count: number): string {
  const { normal, integer, uniform } = random(seed);
  const rows = Array.from({ length: count }, (_, i) => {
    const [size, floor, age] = [20 + 100 * uniform(), integer(9), integer(80)];
    const view = ["sea", "park", "street"][integer(3)]!;
    const rent = 12 * size + 25 * floor - 2 * age + (view === "sea" ? 300 : 0) + 40 * normal();
    return [
      `flat ${seed}/${i}`,
      uniform() < 0.05 ? "" : size.toFixed(1),
      floor,
      uniform() < 0.2 ? "" : age,
      view,
      rent.toFixed(2),
    ].join();
  });
  return `id,size,floor,age,view,rent\n${rows.join("\n")}\n`;
}

interface Example {
  readonly task: string;
  readonly metric: string;
  readonly target: string;
  readonly id: string;
  readonly rows: (seed: number, count: number) => string;
  readonly picture: RegExp;
}

const examples: readonly Example[] = [
  {
    task: "multiclass",
    metric: "f1",
    target: "species",
    id: "plant",
    rows: flowers,
    picture: /^confusionmatrix_.*png$/,
  },
  { task: "regression", metric: "rmse", target: "rent", id: "id", rows: flats, picture: /^predictedvsactual_.*png$/ },
];

function softmax(margins: readonly number[]): number[] {
  const powers = margins.map((margin) => Math.exp(margin));
  return powers.map((power) => power / powers.reduce((sum, each) => sum + each, 0));
}

describe.each(examples)("$task", ({ task, metric, target, id, rows, picture }) => {
  let workspace: LifecycleWorkspace;
  let result: FullprocessJson & { readonly metric: string };
  beforeAll(() => {
    const families = ["baseline", task === "regression" ? "linear_regression" : "logistic_regression", "xgboost"];
    const train = { metric, models: families.map((family) => ({ family })) };
    workspace = emptyWorkspace({ target, id_columns: [id], train });
    workspace.write({
      "sourcedata/a.csv": rows(1, 400),
      "sourcedata/b.csv": rows(2, 200),
      "testdata/t.csv": rows(3, 150),
    });
    result = workspace.json("fullprocess");
  });

  it("is deployed, with a report and its picture", () => {
    expect(result).toMatchObject({ status: "deployed", metric });
    const page = workspace.read(result.report_path!);
    for (const word of task === "regression" ? ["residual", "RMSE"] : ["onfusion", ...species])
      expect(page, word).toContain(word);
    expect(workspace.names("models", picture)).toHaveLength(1);
    const png = readFileSync(join(workspace.folder, "models", workspace.names("models", picture)[0]!));
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect(workspace.json("fullprocess")).toMatchObject({ status: "nothing_new" });
  });

  it("learned what the generator put in, every family better than the baseline", () => {
    const score = workspace.json<ScoreJson>("score");
    expect(score.task).toBe(task);
    if (task === "regression") {
      // The noise has 40; a missing size costs its standard deviation times 12, 350, in 5 % of the rows: rmse near 90.
      expect(score.metrics["rmse"]).toBeLessThan(130);
      expect(score.metrics["r2"]).toBeGreaterThan(0.85);
      expect([score.classes, score.confusion_matrix]).toEqual([null, null]);
    } else {
      expect(score.classes).toEqual(species);
      expect(score.metrics["f1"]).toBeGreaterThan(0.9);
      expect(score.confusion_matrix!.flat().reduce((sum, count) => sum + count, 0)).toBe(150);
    }
    const { leaderboard } = workspace.json<{ leaderboard: { family: string; metrics: Record<string, number> }[] }>(
      "train",
    );
    expect(leaderboard).toHaveLength(3);
    expect(leaderboard.at(-1)!.family).toBe("baseline");
    const sign = task === "regression" ? -1 : 1;
    for (const { family, metrics } of leaderboard.slice(0, 2))
      expect(sign * metrics[metric]!, family).toBeGreaterThan(sign * leaderboard.at(-1)!.metrics[metric]!);
  });

  it("every family predicts what its own score says, also with missing values, and unseen categories", () => {
    const runs = workspace
      .json<{ leaderboard: { family: string }[] }>("train")
      .leaderboard.map(({ family }) => family)
      .filter((family) => family !== "baseline");
    for (const family of runs) {
      const own = workspace.copy();
      own.configure({ train: { models: [{ family }] } });
      own.ok("train");
      const { metrics } = own.json<ScoreJson>("score");
      const [header = [], ...answers] = own
        .ok("predict", "testdata/t.csv", "--model", "latest")
        .trim()
        .split("\n")
        .map((line) => line.split(","));
      const cell = (row: readonly string[], name: string): string => row[header.indexOf(name)]!;
      expect(answers).toHaveLength(150);
      if (task === "regression") {
        const squares = answers.map((row) => (Number(cell(row, "prediction")) - Number(cell(row, target))) ** 2);
        const mean = squares.reduce((sum, square) => sum + square, 0) / 150;
        // Sums in another order.
        expect(Math.sqrt(mean), family).toBeCloseTo(metrics["rmse"]!, 9);
      } else {
        const right = answers.filter((row) => cell(row, "prediction") === cell(row, target)).length;
        expect(right / 150, family).toBe(metrics["accuracy"]);
        for (const row of answers) expect(Number(cell(row, "probability"))).toBeGreaterThanOrEqual(1 / 3);
      }
    }
    const input =
      task === "regression" ? "size,floor,age,view\n,,,balcony\n" : "length,width,petal,place,seen_on\n,,,Mars,\n";
    const { status, stdout, stderr } = workspace.run(["predict"], { input });
    expect(status, stderr).toBe(0);
    expect(stdout.split("\n")[1]).toMatch(
      task === "regression" ? /^,,,balcony,\d+(\.\d+)?$/ : /^,,,Mars,,\w+(,[\de.-]+){4}$/,
    );
    expect(stderr).toMatch(/not seen in training|unseen categor/);
  });

  it.skipIf(task === "regression")("has the probability of every class, on the command line as over HTTP", async () => {
    const input = "length,width,petal,place,seen_on\n5.9,2.8,4.3,south,2024-05-01\n";
    const [header, line] = workspace
      .run(["predict", "--log"], { input })
      .stdout.split("\n")
      .map((each) => each.split(","));
    const first = header!.indexOf("probability") + 1;
    expect(header!.slice(first, -1)).toEqual(species.toSorted().map((name) => `probability_${name}`));
    const shares = line!.slice(first, -1).map(Number);
    expect(Math.max(...shares)).toBe(Number(line![first - 1]));
    const { prediction } = workspace.json<{ prediction: { inputs: object } }>("predictions", "show");
    expect(Object.keys(prediction.inputs)).toEqual(input.split("\n")[0]!.split(","));
    const server = await served(workspace);
    const { text } = await server.post("/predict", input, { "content-type": "text/csv" });
    const ofServer = text.split("\n").map((each) => each.split(","));
    expect(ofServer[0]!.slice(0, first + 3)).toEqual(header!.slice(0, -1));
    expect(ofServer[1]!.slice(0, first + 3)).toEqual(line!.slice(0, -1));
    const explained = await server.post("/predict?explain=true", prediction.inputs);
    const explanation = explained.body["explanation"] as {
      classes: string[];
      base_value: number[];
      contributions: Record<string, number[]>;
    };
    expect(explanation).toMatchObject({ unit: "margin", classes: species.toSorted() });
    const { base_value: base, contributions } = explanation;
    const margins = base.map((value, i) => Object.values(contributions).reduce((sum, own) => sum + own[i]!, value));
    // The softmax of the sums, and on the page of the row for the predicted class, before and after.
    softmax(margins).forEach((share, i) => expect(share).toBeCloseTo(shares[i]!, 9));
    const of = shares.indexOf(Math.max(...shares));
    const logged = String(explained.body["prediction_id"]);
    const shown = / \(margin of “versicolor”\)\. That is ([\d.]+) % → ([\d.]+) % as a probability/;
    const [, before, after] = await vi.waitFor(
      async () => {
        const page = (await server.get(`/ui/predictions/${logged}`)).text.replace(/\s+/g, " ");
        expect(page).toMatch(shown);
        return shown.exec(page)!;
      },
      { timeout: 10_000, interval: 200 },
    );
    expect(Math.abs(Number(before) / 100 - softmax(base)[of]!)).toBeLessThan(0.01);
    expect(Math.abs(Number(after) / 100 - shares[of]!)).toBeLessThan(0.01);
  });

  it("is diagnosed: predictions, missing shares and findings", () => {
    const diagnosis = workspace.json<DiagnoseJson>("diagnose", "--offline");
    expect(diagnosis.predictions.rows).toBe(600);
    expect(Object.keys(diagnosis.predictions.values)).toContain(task === "regression" ? "mean" : "top");
    const missing = task === "regression" ? diagnosis.missing["age"]! : diagnosis.missing["width"]!;
    const share = task === "regression" ? 0.2 : 0.05;
    // Three standard deviations of a share of 600 rows.
    expect(Math.abs(missing - share)).toBeLessThan(3 * Math.sqrt((share * (1 - share)) / 600));
    expect(diagnosis.findings.filter(({ status }) => status === "fail")).toEqual([]);
  });

  it("has a summary in Markdown that ends with a line end", () => {
    const text = workspace.ok("report", "--format", "md", "-o", "-");
    expect(text).toMatch(/^<!-- mlctl-report -->\n/);
    expect(text.endsWith("\n")).toBe(true);
  });
});
