/**
 * How ingest, train and predict grow with the rows: `node bench/growth.js [ROWS …]` (10⁴ to 10⁷ unless told; 10⁷ takes
 * 3 GB of disk and 6 GB of memory). Eleven columns of numbers; train is XGBoost's hist with 20 trees, native where
 * libxgboost is installed. Whole processes with their start-up, medians; draws growth.svg.
 *
 * growth: how much longer ten times the rows take, over ten; linear is 1, and 1.3 the limit. Beside the clock stands the
 * CPU, which on a busy machine is the one to judge by.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { renderSvg } from "../dist/plots/render.js";
import { colours, plotSpec } from "../dist/plots/theme.js";
import { writeNumbers } from "./rows.js";

const LIMIT = 1.3;
const GNU_TIME = existsSync("/usr/bin/time") ? "/usr/bin/time" : undefined;
const program = fileURLToPath(new URL("../bin/mlctl.js", import.meta.url));
const picture = fileURLToPath(new URL("growth.svg", import.meta.url));
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
writeFileSync(picture, await renderSvg(plot(points)));
console.log(`drawn: ${picture}`);

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
    const middle = (key) => runs.map((each) => each[key]).toSorted((a, b) => a - b)[Math.floor(runs.length / 2)];
    return { step, rows, seconds: middle("seconds"), cpu: middle("cpu"), megabytes: middle("megabytes") };
  });
}

function run(args, cwd) {
  const figures = join(cwd, "figures.txt");
  const timing = GNU_TIME === undefined ? [] : [GNU_TIME, "-f", "%U %S %M", "-o", figures];
  const line = [...timing, process.execPath, program, ...args];
  const start = performance.now();
  const { status, stderr } = spawnSync(line[0], line.slice(1), { cwd, encoding: "utf8", maxBuffer: 1 << 28 });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`${line.join(" ")} ended with ${status}: ${stderr}`);
  const [user, system, kilobytes] =
    GNU_TIME === undefined
      ? [NaN, NaN, NaN]
      : readFileSync(figures, "utf8").trim().split("\n").at(-1).split(" ").map(Number);
  return { seconds, cpu: user + system, megabytes: kilobytes / 1024 };
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

function shown(value, digits) {
  return Number.isFinite(value) ? value.toFixed(digits) : "–";
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

/** An axis by decades. */
function channel(field, title, domain) {
  return {
    field,
    type: "quantitative",
    title,
    scale: { type: "log", domain },
    axis: { values: powers(domain), labelExpr: "format(datum.value, datum.value < 1 ? '~g' : ',d')" },
  };
}

/** Time by rows, both by decades; dashed is what the most rows would have taken all the way, had nothing else cost time. */
function plot(values) {
  const names = Object.keys(steps);
  const guides = names.flatMap((step) => {
    const [first, last] = [
      values.find((point) => point.step === step),
      values.findLast((point) => point.step === step),
    ];
    return [first, last].map(({ rows }) => ({ step, rows, seconds: (last.seconds * rows) / last.rows }));
  });
  const [fewest, most] = [values[0].rows, values.at(-1).rows];
  const seconds = [...values, ...guides].map((each) => each.seconds);
  const domains = { x: decades(fewest, most), y: decades(Math.min(...seconds), Math.max(...seconds)) };
  const x = channel("rows", "Rows", domains.x);
  const y = channel("seconds", "Seconds", domains.y);
  const color = {
    field: "step",
    type: "nominal",
    scale: { domain: names, range: [colours.accent, colours.contrast, colours.third] },
    legend: { title: null, orient: "bottom", direction: "horizontal", symbolOpacity: 1 },
  };
  const last = names.map((step) => values.findLast((point) => point.step === step));
  const sentence = last.map(({ step, seconds: taken }) => `${step} ${taken.toFixed(1)} s`).join(", ");
  return plotSpec(
    { text: "Time by rows", subtitle: "11 columns, 20 trees; dashed: linear, back from the most rows" },
    `With ${most.toLocaleString("en")} rows: ${sentence}.`,
    {
      width: 460,
      height: 340,
      layer: [
        {
          data: { values: guides },
          mark: { type: "line", strokeDash: [4, 4], strokeWidth: 1.2, opacity: 0.6 },
          encoding: { x, y, color },
        },
        {
          data: { values },
          mark: { type: "line", strokeWidth: 2, point: { filled: true, size: 60 } },
          encoding: { x, y, color },
        },
      ],
    },
  );
}

function decades(low, high) {
  return [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high))];
}

function powers([low, high]) {
  return Array.from({ length: Math.round(Math.log10(high / low)) + 1 }, (_, i) => low * 10 ** i);
}
