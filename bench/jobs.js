/**
 * The jobs of the benchmark. Each has a folder of its own that `prepare` fills; `mlctl` and `peer` are what is timed,
 * as whole processes with their start-up. A job with `part` is timed inside the process: both sides print seconds.
 */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeCrs } from "./crs.js";
import { writeCategories, writeMixed, writeNumbers, writeTraffic } from "./rows.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const peer = (name) => fileURLToPath(new URL(`peers/${name}`, import.meta.url));
const part = (name) => fileURLToPath(new URL(`parts/${name}`, import.meta.url));

const trees = { n_estimators: 100, max_depth: 6, learning_rate: 0.3, max_bin: 256, tree_method: "hist" };

function workspace(folder, settings) {
  for (const name of ["in", "test"]) mkdirSync(join(folder, name), { recursive: true });
  const config = { input_folder_path: "in", test_data_path: "test", target: "y", ...settings };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
}

const trainOnly = (engine) => ({
  train: { models: [{ family: "xgboost", params: { ...trees, engine } }], split: { method: "random" } },
});

const untilDeployed = [
  ["ingest", "-q"],
  ["train", "-q"],
  ["deploy", "--force", "-q"],
];

/** From the rows that `write` writes to a model, and the same by a program of the peer. */
const training = ({ write, engine = "native", program = "train_classes.py", threads = [], ...job }) => ({
  runs: 1,
  ...job,
  before: [["ingest", "-q"]],
  prepare(folder) {
    workspace(folder, trainOnly(engine));
    write(join(folder, "in", "rows.csv"));
  },
  mlctl: () => ["train", "-q"],
  peer: (folder) => [peer(program), join(folder, "in", "rows.csv"), ...threads],
});

export const jobs = [
  {
    name: "version",
    what: "mlctl --version | import pandas, sklearn, xgboost",
    limit: 0.15,
    mlctl: () => ["--version"],
    peer: () => ["-c", "import pandas, sklearn, xgboost"],
  },
  {
    name: "fullprocess",
    what: "the attrition sample from files to report",
    limit: 0.6,
    prepare(folder) {
      for (const name of ["practicedata", "testdata", "config.json"])
        cpSync(join(root, name), join(folder, name), { recursive: true });
    },
    mlctl: () => ["fullprocess", "--force", "-q"],
    peer: (folder) => [peer("fullprocess.py"), folder],
  },
  {
    name: "ingest-1M",
    what: "1 M rows: read, drop copies, write (mlctl also hashes and records)",
    limit: 0.6,
    prepare(folder) {
      workspace(folder, {});
      writeTraffic(join(folder, "in", "rows.csv"), 1_000_000);
    },
    mlctl: () => ["ingest", "--force", "-q"],
    peer: (folder) => [peer("ingest.py"), join(folder, "in", "rows.csv"), join(folder, "out.csv")],
  },
  {
    name: "ingest-10M",
    what: "10 M rows, under 2 GB of memory",
    runs: 1,
    megabytes: 2048,
    prepare(folder) {
      workspace(folder, {});
      writeTraffic(join(folder, "in", "rows.csv"), 10_000_000);
    },
    mlctl: () => ["ingest", "--force", "-q"],
  },
  training({
    name: "xgboost-native",
    what: "890 k × 11, 100 trees, from CSV to model, two threads. The same library grows the same trees on both sides; mlctl's copies, leakage, reference and metrics share its two cores",
    limit: 0.9,
    runs: 3,
    write: (path) => writeNumbers(path, 890_000, { width: 11 }),
    program: "train.py",
    threads: ["2"],
  }),
  training({
    name: "xgboost-wasm",
    what: "30 k × 11, 100 trees, from CSV to model, one thread",
    limit: 4,
    runs: 5,
    engine: "wasm",
    write: (path) => writeNumbers(path, 30_000, { width: 11 }),
    program: "train.py",
    threads: ["1"],
  }),
  training({
    name: "two-classes-4M",
    what: "4 M × 28, two classes, 100 trees, from CSV to model, two threads; not more memory than the peer",
    limit: 1,
    write: (path) => writeNumbers(path, 4_000_000, { width: 28, classes: 2 }),
  }),
  training({
    name: "four-classes-1M",
    what: "1 M × 20, four classes, 100 rounds, from CSV to model, two threads. The same library (1.7.4) on both sides: 0.75 to 0.88 in five runs; XGBoost 3.2, which `mlctl engine install` brings, beside Debian's pandas and XGBoost: 18.23 against 25.80 s (0.71)",
    limit: 0.8,
    write: (path) => writeNumbers(path, 1_000_000, { width: 20, classes: 4 }),
  }),
  training({
    name: "categories-1M",
    what: "1 M × 20, eight columns of 5 to 300 categories, 100 trees, from CSV to model, two threads; the peer has pandas' get_dummies",
    limit: 0.3,
    write: (path) => writeCategories(path, 1_000_000),
  }),
  {
    name: "crs",
    what: "twenty models on the rounds of template crs, ten over a grid: 1,350 fits, two at a time",
    limit: 0.4,
    runs: 1,
    before: [["ingest", "-q"]],
    prepare: writeCrs,
    mlctl: () => ["tune", "--fresh", "-q"],
    peer: (folder) => [peer("crs.py"), folder],
  },
  ...["linear", "logistic"].map((kind) => ({
    name: kind,
    what: `${kind} regression, 1 M × 20, the fit alone`,
    limit: 1,
    part: true,
    runs: 3,
    mlctl: () => [part("linear.js"), `${kind}_regression`],
    peer: () => [peer("linear.py"), `${kind}_regression`],
  })),
  {
    name: "predict-1M",
    what: "1 M rows CSV to CSV, 100 trees",
    limit: 0.8,
    runs: 3,
    before: untilDeployed,
    prepare(folder) {
      workspace(folder, trainOnly("auto"));
      writeNumbers(join(folder, "in", "rows.csv"), 20_000, { width: 11 });
      writeNumbers(join(folder, "new.csv"), 1_000_000, { width: 11, target: false, seed: 7 });
    },
    mlctl: () => ["predict", "new.csv", "-o", "answers.csv", "-q"],
    peer: (folder) => [
      peer("predict.py"),
      join(folder, "in", "rows.csv"),
      join(folder, "new.csv"),
      join(folder, "peer.csv"),
    ],
    peerBefore: (folder) => [
      peer("train.py"),
      join(folder, "in", "rows.csv"),
      "2",
      join(folder, "in", "rows.csv.json"),
    ],
  },
  {
    name: "drift-1M",
    what: "1 M rows × 10 columns monitored against 1 M of reference: two CSVs, Kolmogorov–Smirnov or chi-square by column (mlctl also predicts, checks quality and keeps history)",
    limit: 0.5,
    runs: 3,
    before: untilDeployed,
    prepare(folder) {
      workspace(folder, {
        train: { models: [{ family: "linear_regression" }] },
        monitor: { reference: "reference.csv" },
      });
      writeMixed(join(folder, "in", "rows.csv"), 20_000);
      writeMixed(join(folder, "reference.csv"), 1_000_000, { target: false, seed: 3 });
      writeMixed(join(folder, "new.csv"), 1_000_000, { target: false, seed: 7 });
    },
    mlctl: () => ["monitor", "new.csv", "-q"],
    peer: (folder) => [peer("drift.py"), join(folder, "reference.csv"), join(folder, "new.csv")],
  },
  {
    name: "trees-alone",
    what: "the tree predictor alone, 500 k rows × 100 trees, one thread",
    limit: 1.25,
    part: true,
    mlctl: () => [part("trees.js"), "predict"],
    peer: () => [peer("trees.py"), "predict"],
  },
  {
    name: "tree-shap",
    what: "TreeSHAP, 10 k rows × 100 trees",
    limit: 2,
    part: true,
    runs: 3,
    mlctl: () => [part("trees.js"), "shap"],
    peer: () => [peer("trees.py"), "shap"],
  },
  {
    name: "bootstrap",
    what: "F1 and AUC of 1,000 resamples of 100 k rows",
    limit: 0.1,
    part: true,
    runs: 1,
    mlctl: () => [part("bootstrap.js")],
    peer: () => [peer("bootstrap.py")],
  },
];
