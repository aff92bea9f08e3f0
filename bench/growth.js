/**
 * How ingest, train and predict grow with the rows: `node bench/growth.js [ROWS …]` (10⁴ to 10⁷ by default; 10⁷ takes
 * 3 GB of disk and 6 GB of memory). Eleven columns of numbers; train is XGBoost's hist with 20 trees, native where
 * libxgboost is installed. Whole processes with their start-up, medians.
 *
 * growth: how much longer ten times the rows take, over ten; linear is 1, and 1.3 the limit. Beside the clock stands the
 * CPU, which on a busy machine is the one to judge by.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeNumbers } from "./rows.js";
import { median, shown, timed } from "./timed.js";

const LIMIT = 1.3;
const program = fileURLToPath(new URL("../bin/mlctl.js", import.meta.url));
const train = {
  models: [{ family: "xgboost", params: { n_estimators: 20, max_depth: 6, tree_method: "hist" } }],
  split: { method: "random" },
};
const steps = {
  ingest: ["ingest", "--force", "-q"],
  train: ["train", "-q"],
  predict: ["predict", "new.csv", "-o", "answers.csv", "-q"],
};

const sizes = process.argv.slice(2).map((text) => Number(text.replaceAll("_", "")));
if (sizes.some((rows) => !Number.isInteger(rows) || rows < 100)) {
  console.error("error: the arguments are numbers of rows, at least 100\nhint: node bench/growth.js 10_000 100_000");
  process.exit(2);
}
const wanted = (sizes.length > 0 ? sizes : [1e4, 1e5, 1e6, 1e7]).toSorted((a, b) => a - b);

console.log(["step", "rows", "seconds", "rows/s", "growth", "CPU s", "CPU growth", "MB"].join("\t"));
const points = [];
for (const rows of wanted) {
  const folder = mkdtempSync(join(tmpdir(), "mlctl-growth-"));
  try {
    for (const point of measured(folder, rows)) {
      const before = points.findLast(({ step }) => step === point.step);
      points.push(point);
      console.log(row(point, before).join("\t"));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each step in turn, the first round a warm-up where there are several. */
function measured(folder, rows) {
  for (const name of ["in", "test"]) mkdirSync(join(folder, name));
  const config = { input_folder_path: "in", test_data_path: "test", target: "y", train };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  writeNumbers(join(folder, "in", "rows.csv"), rows, { width: 11 });
  writeNumbers(join(folder, "new.csv"), rows, { width: 11, target: false, seed: 7 });
  const rounds = rows <= 2e5 ? 3 : 0; // a long one varies less
  return Object.entries(steps).map(([step, args]) => {
    if (step === "predict") run(["deploy", "--force", "-q"], folder);
    const all = Array.from({ length: rounds + 1 }, () => run(args, folder));
    const runs = all.slice(rounds === 0 ? 0 : 1);
    const middle = (key) => median(runs.map((each) => each[key]));
    return { step, rows, seconds: middle("seconds"), cpu: middle("cpu"), megabytes: middle("megabytes") };
  });
}

function run(args, cwd) {
  return timed([process.execPath, program, ...args], cwd);
}

function row(point, before) {
  const { step, rows, seconds, cpu, megabytes } = point;
  const grown = (key) => (before === undefined ? "" : judged(growth(before, point, key)));
  const perSecond = Math.round(rows / seconds).toLocaleString("en");
  return [
    step,
    rows,
    seconds.toFixed(2),
    perSecond,
    grown("seconds"),
    shown(cpu, 2),
    grown("cpu"),
    shown(megabytes, 0),
  ];
}

/** Over a decade: other steps than of ten times count for their part of one. */
function growth(before, after, key) {
  const tenfolds = Math.log10(after.rows / before.rows);
  return (after[key] / before[key]) ** (1 / tenfolds) / 10;
}

function judged(value) {
  if (!Number.isFinite(value)) return "–";
  return `${value.toFixed(2)}${value > LIMIT ? " over" : ""}`;
}
