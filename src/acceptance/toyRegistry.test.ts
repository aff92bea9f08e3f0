/**
 * Adds a model family, a transform, a metric, a drift test and a command to a copy of the sources, as CONTRIBUTING.md says:
 * each is a file and a line in index.ts. If another file must change too, that is a defect.
 */
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as ort from "onnxruntime-web";
import { beforeAll, describe, expect, it } from "vitest";
import { environment, repository, temporaryFolder } from "./lifecycleWorkspace.ts";

/** A single thread needs no worker file. */
ort.env.wasm.numThreads = 1;

/** By folder: the file, and its line (an import and an entry) in index.ts. */
const toys = [
  {
    folder: "estimators",
    file: "nearestCentroid.ts",
    imported: "nearestCentroid",
    entry: "nearest_centroid: nearestCentroid,",
    source: `/** Nearest centroid: Gaussian classes with equal, independent variances, so that the margins are linear. */
import type { Contributions, Estimator, FitOptions, FittedEstimator, Predictor } from "../core/estimator.ts";
import type { EstimatorInput, GraphBuilder } from "../core/onnx.ts";
import type { Matrix } from "../core/table/table.ts";
import { numberList, requireComplete, requireWidth, resolveParams } from "./fittedState.ts";
import { affineNodes, linearContributions, type LinearOutput } from "./linearOutput.ts";

export const nearestCentroid = {
  family: "nearest_centroid",
  description: "class of the nearest centroid, with distances in standard deviations",
  tasks: ["binary", "multiclass"],
  params: [
    { name: "smoothing", type: "number", default: 0, minimum: 0, description: "number added to all variances" },
  ],
  needs: { complete: true, standardized: true },
  importanceUnit: { key: "centroid_distance", label: "Distance of the centroids" },

  async fit(X: Matrix, y: Float64Array, options: FitOptions): Promise<FittedEstimator> {
    options.signal?.throwIfAborted();
    const params = resolveParams(nearestCentroid.params, options.params, "nearest_centroid");
    requireComplete(X, y, "nearest_centroid");
    const { task, classCount } = options;
    const width = X.columnNames.length;
    const cell = (row: number, j: number): number => X.values[row * width + j]!;
    const rows = [...y.keys()];
    const meanOf = (of: readonly number[], j: number): number =>
      of.reduce((sum, row) => sum + cell(row, j), 0) / Math.max(1, of.length);
    const members = Array.from({ length: classCount }, (_, code) => rows.filter((row) => y[row] === code));
    const centroids = members.map((own) => X.columnNames.map((_, j) => meanOf(own, j)));
    const variances = X.columnNames.map((_, j) => {
      const squares = rows.reduce((sum, row) => sum + (cell(row, j) - centroids[y[row]!]![j]!) ** 2, 0);
      return squares / rows.length + (params["smoothing"] as number) || 1;
    });
    const coefficients = centroids.map((centroid) => centroid.map((value, j) => value / variances[j]! + 0));
    const intercepts = centroids.map((centroid, code) => {
      const prior = Math.log(Math.max(1, members[code]!.length) / rows.length);
      return centroid.reduce((sum, value, j) => sum - value ** 2 / variances[j]! / 2, prior) + 0;
    });
    const means = X.columnNames.map((_, j) => meanOf(rows, j) + 0);
    const state = { coefficients, intercepts, means };
    return { family: "nearest_centroid", params, featureNames: X.columnNames, task, classCount, state };
  },

  load(fitted: FittedEstimator): Predictor {
    const outputs = read(fitted);
    return {
      predict(X) {
        requireWidth(X, fitted);
        const width = X.columnNames.length;
        const rows = Array.from({ length: X.rowCount }, (_, row) => X.values.subarray(row * width, (row + 1) * width));
        return Float64Array.from(rows.flatMap((values) => probabilities(outputs, values)));
      },
    };
  },

  importance(fitted: FittedEstimator): Float64Array {
    const outputs = read(fitted);
    return Float64Array.from(fitted.featureNames, (_, j) =>
      outputs.reduce((sum, { coefficients }) => sum + Math.abs(coefficients[j]!), 0),
    );
  },

  contributions(fitted: FittedEstimator, X: Matrix): Contributions {
    requireWidth(X, fitted);
    return linearContributions(
      read(fitted),
      numberList(fitted, "means", fitted.state["means"], fitted.featureNames.length),
      X,
    );
  },

  toOnnx(graph: GraphBuilder, fitted: FittedEstimator, input: EstimatorInput): string {
    const outputs = read(fitted);
    const margins = affineNodes(
      graph,
      input,
      outputs.map(({ coefficients }) => coefficients),
      outputs.map(({ intercept }) => intercept),
    );
    if (outputs.length === 1) return graph.add("Sigmoid", [margins]);
    return graph.add("Softmax", [margins], { axis: { int: 1 } });
  },
} satisfies Estimator;

/** The log-odds of class 1, or the input of the softmax for each class. */
function read(fitted: FittedEstimator): LinearOutput[] {
  const { featureNames, classCount, state } = fitted;
  const intercepts = numberList(fitted, "intercepts", state["intercepts"], classCount);
  const rows = state["coefficients"] as readonly number[][];
  const outputs = Array.from(intercepts, (intercept, code) => ({
    intercept,
    coefficients: numberList(fitted, "coefficients", rows[code], featureNames.length),
  }));
  if (classCount > 2) return outputs;
  const [first, second] = outputs;
  const coefficients = second!.coefficients.map((value, j) => value - first!.coefficients[j]!);
  return [{ coefficients, intercept: second!.intercept - first!.intercept }];
}

function probabilities(outputs: readonly LinearOutput[], values: Float64Array): number[] {
  const margins = outputs.map(({ coefficients, intercept }) =>
    coefficients.reduce((sum, coefficient, j) => sum + coefficient * values[j]!, intercept),
  );
  if (margins.length === 1) return [1 / (1 + Math.exp(-margins[0]!))];
  const largest = Math.max(...margins);
  const odds = margins.map((margin) => Math.exp(margin - largest));
  const total = odds.reduce((sum, value) => sum + value, 0);
  return odds.map((value) => value / total);
}
`,
  },
  {
    folder: "features",
    file: "square.ts",
    imported: "square",
    entry: "square,",
    source: `/** Square: the square of numbers. */
import { columnTensor, graphColumn, replaceColumns } from "../core/onnx.ts";
import type { Transform } from "../core/transform.ts";
import { chooseColumns, mapColumns, mapValues, readOptions } from "./mapColumns.ts";

export const square: Transform<{ readonly columns: readonly string[] }> = {
  type: "square",
  description: "replaces numbers by their squares",
  kinds: ["number"],
  options: [],
  fit(table, given) {
    readOptions(given, []);
    return { columns: chooseColumns(table, given, ["number"]).map(({ name }) => name) };
  },
  inputNames: ({ columns }) => columns,
  outputNames: ({ columns }) => columns.map((name) => \`\${name}_squared\`),
  load: ({ columns }) =>
    mapColumns("number", columns, (name) => (column) => {
      return [mapValues(column, (value) => value ** 2, \`\${name}_squared\`)];
    }),
  toOnnx: (graph, state, columns) =>
    replaceColumns(columns, state.columns, (from) => {
      const value = columnTensor(graph, from);
      return [graphColumn(\`\${from.name}_squared\`, graph.add("Mul", [value, value]))];
    }),
};
`,
  },
  {
    folder: "metrics",
    file: "worstRecall.ts",
    imported: "worstRecall",
    entry: "worst_recall: worstRecall,",
    source: `/** Worst recall: the smallest recall of all classes. */
import { confusionMetric } from "./metricKinds.ts";

/** NaN if a class has no rows. */
export const worstRecall = confusionMetric("Worst recall", ({ cells, actual, classCount }) =>
  Math.min(...actual.map((count, code) => cells[code * classCount + code]! / count)),
);
`,
  },
  {
    folder: "drift",
    file: "chebyshevDistance.ts",
    imported: "chebyshevDistance",
    entry: 'chebyshev: distance("chebyshev", "Chebyshev", "counts", chebyshevDistance),',
    source: `/** Chebyshev distance: the largest difference of the shares of a bin or category, 0 to 1. */
import { sharesOf } from "./sharesOf.ts";

/** @throws {RangeError} if a side has no rows */
export function chebyshevDistance(reference: Float64Array, current: Float64Array): number {
  const { reference: p, current: q } = sharesOf(reference, current);
  return Math.max(...p.map((share, i) => Math.abs(share - q[i]!)));
}
`,
  },
  {
    folder: "commands",
    file: "echo.ts",
    imported: "echo",
    entry: "Test: [echo],",
    source: `/** \`mlctl echo\`: prints its argument. */
import { defineCommand, type Command } from "./command.ts";

export const echo = defineCommand({
  name: "echo",
  summary: "print a word",
  arguments: [["<word>", "the word"]],
  examples: [
    ["mlctl echo hello", "hello"],
    ["mlctl echo hello --json", "for a script"],
  ],
  async run({ args }) {
    return { result: { givenWord: args[0]! }, view: { title: args[0]! } };
  },
}) satisfies Command;
`,
  },
] as const;

const config = {
  input_folder_path: "practicedata",
  target: "exited",
  id_columns: ["corporation"],
  features: [
    { type: "square", columns: ["lastmonth_activity", "number_of_employees"] },
    { type: "impute" },
    { type: "standardize" },
  ],
  train: {
    models: [{ family: "baseline" }, { family: "nearest_centroid", params: { smoothing: 0.01 } }],
    metric: "worst_recall",
    threshold: "tune",
  },
  promotion: { require: { worst_recall: { min: 0.2 } } },
  monitor: { drift: { columns: { number_of_employees: { test: "chebyshev" } } } },
};

const copy = temporaryFolder();
const workspace = temporaryFolder();

function run(args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, env: environment(), encoding: "utf8" });
  expect(status, `${args.join(" ")}\n${stdout}${stderr}`).toBe(0);
  return stdout;
}

const mlctl = (...args: string[]): string => run([join(copy, "bin", "mlctl.js"), ...args], workspace);
const json = <T>(...args: string[]): T => JSON.parse(mlctl(...args, "--json")) as T;

const configure = (settings: object): void => writeFileSync(join(workspace, "config.json"), JSON.stringify(settings));

beforeAll(() => {
  for (const name of [
    "src",
    "bin",
    "scripts",
    "config.json",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "tsconfig.build.json",
    "vitest.config.ts",
  ]) {
    cpSync(join(repository, name), join(copy, name), { recursive: true, preserveTimestamps: true });
  }
  symlinkSync(join(repository, "node_modules"), join(copy, "node_modules"));
  for (const { folder, file, imported, entry, source } of toys) {
    writeFileSync(join(copy, "src", folder, file), source);
    const index = join(copy, "src", folder, "index.ts");
    const [head, tail] = readFileSync(index, "utf8").split(/(?<=^(?:export )?const \w+ = \{)/m);
    writeFileSync(index, `import { ${imported} } from "./${file}";\n${head!}\n  ${entry} ${tail!}`);
  }
  run(["scripts/build.js"], copy);
  mlctl("init");
  configure(config);
  mlctl("ingest");
}, 180_000); // compiles and bundles

interface ExplainJson {
  readonly unit: string;
  readonly importance: readonly { readonly feature: string }[];
}

interface Row {
  readonly prediction: string;
  readonly probability: number;
}

describe("a file and a line in index.ts", () => {
  it("make the schema of config.json name the family, the transform, the metric and the drift test", () => {
    const schema = mlctl("config", "schema");
    for (const name of ['"nearest_centroid"', '"square"', '"worst_recall"', "chebyshev, "]) {
      expect(schema).toContain(name);
    }
  });

  it("give a command its help and --json", () => {
    expect(mlctl("--help")).toMatch(/^Test:[^]*^  echo .*print a word$/m);
    expect(json("echo", "hello")).toEqual({ given_word: "hello" });
  });

  it("train, score and explain the family with the transform, by the metric", () => {
    const trained = json<{ metric: string; leaderboard: { family: string }[] }>("train");
    expect([trained.metric, trained.leaderboard[0]!.family]).toEqual(["worst_recall", "nearest_centroid"]);
    const { value } = json<{ value: number }>("score");
    expect(value).toBeGreaterThan(0.2);
    const features = ["lastmonth_activity_squared", "lastyear_activity", "number_of_employees_squared"];
    const explained = json<ExplainJson>("explain", "latest");
    expect(explained.importance.map(({ feature }) => feature).toSorted()).toEqual(features);
    expect(explained.unit).toBe("log_odds");
  });

  it("deploy it, test the drift of a column, and report both by their labels", () => {
    expect(json<{ status: string }>("deploy").status).toBe("deployed");
    configure({ ...config, input_folder_path: "sourcedata" });
    mlctl("ingest");
    const { columns } = json<{ drift: { columns: Record<string, { test: string }> } }>("diagnose").drift;
    expect(columns["number_of_employees"]!.test).toBe("chebyshev");
    mlctl("report", "-o", "report.html");
    const report = readFileSync(join(workspace, "report.html"), "utf8");
    for (const label of ["Worst recall", "Chebyshev"]) expect(report).toContain(label);
    expect(mlctl("models", "show", "latest", "--json")).toContain("Distance of the centroids");
  });

  it("export the model as JSON and as ONNX, with which ONNX Runtime predicts the same", async () => {
    expect(JSON.parse(mlctl("models", "export", "latest"))).toMatchObject({
      estimator: { family: "nearest_centroid" },
    });
    const { inputs } = json<{ inputs: { name: string }[] }>(
      "models", "export", "latest", "--format", "onnx", "-o", "model.onnx",
    ); // prettier-ignore
    const [header, ...lines] = readFileSync(join(workspace, "testdata", "testdata.csv"), "utf8")
      .trim()
      .split(/\r?\n/);
    const cells = lines.map((line) => line.split(","));
    const feeds = inputs.map(({ name }) => {
      const texts = cells.map((row) => row[header!.split(",").indexOf(name)]!);
      const values = Float64Array.from(texts, (text) => (text === "" ? NaN : Number(text)));
      return [name, new ort.Tensor("float64", values, [values.length, 1])] as const;
    });
    const session = await ort.InferenceSession.create(join(workspace, "model.onnx"));
    const { prediction, probabilities } = await session.run(Object.fromEntries(feeds));
    const predicted = mlctl("predict", "testdata/testdata.csv", "--json").trim().split("\n");
    const rows = predicted.map((line) => JSON.parse(line) as Row);
    expect(prediction!.data).toEqual(rows.map((row) => String(row.prediction)));
    // rounding of sums in another order
    rows.forEach((row, i) => expect(Number(probabilities!.data[2 * i + 1])).toBeCloseTo(row.probability, 9));
  });

  it("pass the rules of the architecture and the contract tests, which run for each of them", () => {
    const files = ["estimators/contract", "features/contract", "metrics/index", "drift/index", "architecture"];
    const report = join(workspace, "tests.json");
    run(
      [
        "node_modules/vitest/vitest.mjs",
        "run",
        "--project=unit",
        "--no-cache",
        "--maxWorkers=1",
        "--reporter=json",
        `--outputFile=${report}`,
        "--testNamePattern=nearest_centroid|square|worst_recall|chebyshev|holds in this tree",
        ...files.map((name) => `src/${name}.test.ts`),
      ],
      copy,
    );
    const { testResults } = JSON.parse(readFileSync(report, "utf8")) as {
      testResults: { name: string; assertionResults: { status: string }[] }[];
    };
    const passed = testResults.map(
      ({ assertionResults }) => assertionResults.filter(({ status }) => status === "passed").length,
    );
    expect([passed.length, Math.min(...passed) > 0]).toEqual([files.length, true]);
  });
});
