/**
 * `node bench/serve.js`: requests a second at one row, beside Flask + gunicorn + XGBoost answering the same rows with
 * the same kind of model, and the latency at half of the most. Both sides in turn, three rounds, medians.
 * mlctl is one process that also writes its prediction log; the peer has the number of workers that suits it best.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cpuSeconds } from "./cpuSeconds.js";
import { latencies } from "./pacedLoad.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const traffic = join(root, "../shared/data/traffic");
const peerProgram = fileURLToPath(new URL("peers/serve.py", import.meta.url));
const PYTHON = process.env.MLCTL_BENCH_PYTHON ?? "/usr/bin/python3";
const [ROUNDS, SECONDS, CONNECTIONS] = [3, 5, 16];
const [MOST_RATIO, MOST_P99] = [10, 10];
const WORKERS_OF_PEER = [1, 2, 4];
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
const running = [];
try {
  await main();
} finally {
  for (const child of running) child.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
}

async function main() {
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  for (const args of [["ingest"], ["train"], ["deploy", "--force"]]) mlctl(...args, "-q");
  const rows = newRows();
  const script = join(folder, "rows.lua");
  writeFileSync(script, wrkScript(rows));
  const { url: mlctlUrl, child } = await startMlctl();
  const pidOf = new Map([[mlctlUrl, child.pid]]);
  const peers = [];
  for (const workers of WORKERS_OF_PEER) {
    const { url, child: started } = await startPeer(workers);
    pidOf.set(url, started.pid);
    peers.push({ workers, url });
  }
  await compareAnswers(rows, mlctlUrl, peers[0].url);

  const rates = new Map([mlctlUrl, ...peers.map(({ url }) => url)].map((url) => [url, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [url, found] of rates) {
      const before = cpuSeconds(pidOf.get(url));
      const { rate, requests } = wrk(url, script);
      if (round > 0) found.push({ rate, cpu: ((cpuSeconds(pidOf.get(url)) - before) * 1000) / requests });
    }
  }
  const medianOf = (url, name) => median(rates.get(url).map((found) => found[name]));
  const mine = medianOf(mlctlUrl, "rate");
  const theirs = peers.map(({ workers, url }) => ({
    workers,
    url,
    rate: medianOf(url, "rate"),
    cpu: medianOf(url, "cpu"),
  }));
  const best = theirs.reduce((a, b) => (a.rate > b.rate ? a : b));
  const cpu = medianOf(mlctlUrl, "cpu");
  console.log(`mlctl serve, 1 process\t${mine.toFixed(0)} requests/s\t${cpu.toFixed(3)} ms of CPU each`);
  for (const { workers, rate, cpu: each } of theirs)
    console.log(`gunicorn, ${workers} workers\t${rate.toFixed(0)} requests/s\t${each.toFixed(3)} ms of CPU each`);
  // The time of a processor hardly depends on what else the machine does.
  console.log(`ratio of the CPU of a request\t${(best.cpu / cpu).toFixed(1)}`);
  verdict(
    `ratio to the best of them\t${(mine / best.rate).toFixed(1)}\tmust be ≥ ${MOST_RATIO}`,
    mine / best.rate >= MOST_RATIO,
  );
  await half("mlctl", mlctlUrl, rows, mine);
  await half("peer", best.url, rows, best.rate);
}

/** wrk sends as fast as it is answered; half of that is sent by a client that keeps to the clock. */
async function half(name, url, rows, most) {
  const { p50, p99, maximum, sent, failed } = await latencies({
    url,
    rows,
    rate: most / 2,
    seconds: 2 * SECONDS,
    connections: 32,
  });
  const line = `${name} at ${(most / 2).toFixed(0)} requests/s\tp50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, longest ${maximum.toFixed(1)} ms of ${sent}, ${failed} failed`;
  if (name === "mlctl") verdict(`${line}\tp99 must be < ${MOST_P99} ms`, p99 < MOST_P99 && failed === 0);
  else console.log(line);
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

function wrk(url, script) {
  const args = ["-t1", `-c${CONNECTIONS}`, `-d${SECONDS}s`, "-s", script, url];
  const { stdout } = spawnSync("wrk", args, { encoding: "utf8" });
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url}: ${stdout}`);
  return {
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]),
    requests: Number(/(\d+) requests in/.exec(stdout)[1]),
  };
}

async function startMlctl() {
  const child = spawn(process.execPath, [join(root, "bin/mlctl.js"), "serve", "--json"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "ignore"],
  });
  running.push(child);
  const line = await new Promise((resolve) => child.stdout.once("data", resolve));
  return { url: JSON.parse(String(line)).url, child };
}

/** One thread of XGBoost in each worker: more are slower at one row. */
async function startPeer(workers) {
  const port = 18_200 + workers;
  if (!existsSync(join(folder, "peer.json"))) {
    const { status, stderr } = spawnSync(PYTHON, [peerProgram, traffic, folder], { encoding: "utf8" });
    if (status !== 0) throw new Error(`the peer could not be trained: ${stderr}`);
  }
  const child = spawn(
    "gunicorn",
    [
      "-w",
      String(workers),
      "-b",
      `127.0.0.1:${port}`,
      "--chdir",
      join(peerProgram, ".."),
      "--log-level",
      "error",
      "serve:app",
    ],
    { env: { ...process.env, OMP_NUM_THREADS: "1", PEER_FOLDER: folder }, stdio: ["ignore", "ignore", "inherit"] },
  );
  running.push(child);
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.ok) return { url, child };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("gunicorn does not answer");
}

/** So that nobody is fast by answering something else. */
async function compareAnswers(rows, ...urls) {
  for (const url of urls) {
    let sum = 0;
    for (const { body, truth } of rows.slice(0, 300)) {
      const response = await fetch(`${url}/predict`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      sum += ((await response.json()).prediction - truth) ** 2;
    }
    console.log(
      `${url === urls[0] ? "mlctl" : "peer"}: RMSE of the first 300 rows of 2016\t${Math.sqrt(sum / 300).toFixed(1)}`,
    );
  }
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
