/**
 * `node bench/serve.js`: requests a second at one row, beside Flask + gunicorn + XGBoost answering the same rows with
 * the same kind of model, and the latency at half of the most. Both sides in turn, each with two processes, medians of
 * three rounds. The peer is written as it mostly is, with a data frame of one row. mlctl also checks every row and writes
 * its prediction log.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "./timed.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const traffic = join(root, "../shared/data/traffic");
const peerProgram = fileURLToPath(new URL("peers/serve.py", import.meta.url));
const PYTHON = process.env.MLCTL_BENCH_PYTHON ?? "/usr/bin/python3";
const [ROUNDS, SECONDS, CONNECTIONS] = [3, 3, 16];
const [MOST_RATIO, MOST_P99] = [10, 10];
const WORKERS = "2";
const ROWS = 1000;

const missing = [
  [existsSync(traffic), `the traffic files in ${traffic}`],
  [spawnSync("wrk", ["-v"]).error === undefined, "wrk (Debian: wrk)"],
  [spawnSync("gunicorn", ["--version"]).status === 0, "gunicorn (Debian: gunicorn)"],
  [spawnSync(PYTHON, ["-c", "import flask, pandas, xgboost"]).status === 0, `flask, pandas and xgboost for ${PYTHON}`],
].flatMap(([there, what]) => (there ? [] : [what]));
if (missing.length > 0) {
  console.log(`skipped: ${missing.join(", ")} is not there`);
  process.exit(0);
}

/** The model of the traffic system: its parameters, hour, month and weekday, weather one-hot, holiday as 0 or 1. */
const config = {
  input_folder_path: traffic,
  task: "regression",
  target: "traffic_volume",
  time_column: "date_time",
  drop_columns: ["weather_description"],
  ingest: { where: "date_time < TIMESTAMP '2016-01-01'" },
  features: [
    { type: "map", column: "holiday", values: { None: 0 }, otherwise: 1, missing: 0 },
    { type: "one_hot", column: "weather_main" },
    { type: "date_parts", parts: ["hour", "month", "day_of_week"] },
  ],
  train: {
    split: { method: "time", cutoff: "2014-12-31 23:59:59" },
    models: [{ family: "xgboost", params: { n_estimators: 100, max_depth: 6, learning_rate: 0.0511 } }],
  },
  serve: { port: 0, validation: { range: "ignore", unseen: "ignore" } },
};

const folder = mkdtempSync(join(tmpdir(), "mlctl-serve-"));
const port = 18_700 + (process.pid % 1000);
try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main() {
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  for (const args of [["ingest"], ["train"], ["deploy", "--force"]]) mlctl(...args, "-q");
  const rows = newRows();
  const script = join(folder, "rows.lua");
  writeFileSync(script, wrkScript(rows));
  const [mlctlSide, peer] = [await sideOf(startMlctl, rows, script), await sideOf(startPeer, rows, script)];
  const ratio = mlctlSide.rate / peer.rate;
  verdict(`ratio to the peer\t${ratio.toFixed(1)}\tmust be ≥ ${MOST_RATIO}`, ratio >= MOST_RATIO);
  const { p99 } = mlctlSide.half;
  verdict(`p99 of mlctl at half of its most, or more\t${p99.toFixed(2)} ms\tmust be < ${MOST_P99} ms`, p99 < MOST_P99);
}

async function sideOf(start, rows, script) {
  const { url, stop } = await start();
  await compareAnswers(start.name, rows, url);
  const rate = median(Array.from({ length: ROUNDS + 1 }, () => wrk(url, script, CONNECTIONS).rate).slice(1));
  const half = halfLoad(url, script, rate);
  await stop();
  console.log(`${start.name}: requests a second\t${rate.toFixed(0)}`);
  console.log(`${start.name}: at ${half.rate.toFixed(0)} requests a second\tp99 ${half.p99.toFixed(2)} ms`);
  return { rate, half };
}

/** wrk sends as fast as it is answered: with few connections that is about half of the most. */
function halfLoad(url, script, most) {
  for (let connections = 1; ; connections++) {
    const measured = wrk(url, script, connections);
    if (measured.rate >= most / 2 || connections === CONNECTIONS) return measured;
  }
}

function verdict(line, holds) {
  console.log(`${line}\t${holds ? "ok" : "NOT REACHED"}`);
  if (!holds) process.exitCode = 1;
}

function mlctl(...args) {
  const { status, stderr } = spawnSync(process.execPath, [join(root, "bin/mlctl.js"), ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`mlctl ${args.join(" ")}: ${stderr}`);
}

/** Of 2016, which neither side was trained on, as the bodies of requests. */
function newRows() {
  const [header, ...lines] = readFileSync(join(traffic, "Metro_Interstate_Traffic_Volume_2016.csv"), "utf8")
    .trim()
    .split("\n");
  const names = header.trim().split(",");
  return lines.slice(0, ROWS).map((line) => {
    const row = Object.fromEntries(
      line
        .trim()
        .split(",")
        .map((value, at) => [names[at], value]),
    );
    return { truth: Number(row.traffic_volume), body: JSON.stringify(inputs(row)) };
  });
}

function inputs({ holiday, weather_main, date_time, ...rest }) {
  const number = (name) => Number(rest[name]);
  const [temp, rain_1h, snow_1h, clouds_all] = ["temp", "rain_1h", "snow_1h", "clouds_all"].map(number);
  return { holiday, temp, rain_1h, snow_1h, clouds_all, weather_main, date_time };
}

function wrkScript(rows) {
  const bodies = rows.map(({ body }) => `[==[${body}]==]`).join(",\n");
  return `local bodies = {${bodies}}
local next = 0
local headers = { ["Content-Type"] = "application/json" }
request = function()
  next = next % #bodies + 1
  return wrk.format("POST", "/predict", headers, bodies[next])
end
`;
}

function wrk(url, script, connections) {
  const args = ["-t1", `-c${connections}`, `-d${SECONDS}s`, "--latency", "-s", script, url];
  const { stdout } = spawnSync("wrk", args, { encoding: "utf8" });
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url}: ${stdout}`);
  const [, p99, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout);
  return {
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]),
    p99: Number(p99) * { us: 0.001, ms: 1, s: 1000 }[unit],
  };
}

async function startMlctl() {
  const args = [join(root, "bin/mlctl.js"), "serve", "--workers", WORKERS, "--json"];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
  const line = await new Promise((resolve) => child.stdout.once("data", resolve));
  return { url: JSON.parse(String(line)).url, stop: () => ended(child) };
}

async function startPeer() {
  const { status, stderr } = spawnSync(PYTHON, [peerProgram, traffic, folder], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the peer could not be trained: ${stderr}`);
  const place = ["-b", `127.0.0.1:${port}`, "--chdir", join(peerProgram, "..")];
  const child = spawn("gunicorn", ["-w", WORKERS, ...place, "--log-level", "error", "serve:app"], {
    env: { ...process.env, OMP_NUM_THREADS: "1", PEER_FOLDER: folder },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.ok) return { url, stop: () => ended(child) };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("gunicorn does not answer");
}

function ended(child) {
  return new Promise((resolve) => child.once("exit", resolve).kill("SIGTERM"));
}

/** So that nobody is fast by answering something else. */
async function compareAnswers(side, rows, url) {
  let sum = 0;
  for (const { body, truth } of rows.slice(0, 300)) {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${url}/predict`, { method: "POST", headers, body });
    sum += ((await response.json()).prediction - truth) ** 2;
  }
  console.log(`${side}: RMSE of the first 300 rows of 2016\t${Math.sqrt(sum / 300).toFixed(1)}`);
}
