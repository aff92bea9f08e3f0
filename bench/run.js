/**
 * `npm run bench [job …]`: each job here and in its peer (Debian's pandas, scikit-learn, XGBoost), whole processes with
 * start-up, alternating, five times after a warm-up; prints medians, their ratio, and peak memory.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { jobs } from "./jobs.js";

const RUNS = 5;
const PYTHON = process.env.MLCTL_BENCH_PYTHON ?? "/usr/bin/python3";
/** GNU time tells the peak memory of a process; without it that column stays empty. */
const GNU_TIME = existsSync("/usr/bin/time") ? "/usr/bin/time" : undefined;

const root = fileURLToPath(new URL("..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "mlctl-bench-"));
const wanted = process.argv.slice(2);
const hasPeer = spawnSync(PYTHON, ["-c", "import pandas, sklearn, xgboost"]).status === 0;
if (!hasPeer)
  console.log(
    `no peer: ${PYTHON} lacks pandas, scikit-learn or xgboost (Debian: python3-pandas python3-sklearn python3-xgboost)`,
  );

console.log(["job", "mlctl s", "peer s", "ratio", "must be", "mlctl MB", "peer MB"].join("\t"));
for (const job of jobs) {
  if (wanted.length > 0 && !wanted.includes(job.name)) continue;
  const folder = mkdtempSync(join(scratch, "job-"));
  job.prepare?.(folder);
  const sides = { mlctl: [], peer: [] };
  for (let run = 0; run <= RUNS; run++) {
    for (const side of hasPeer && job.peer ? ["mlctl", "peer"] : ["mlctl"]) {
      const measured = measure(command(job, side, folder), folder);
      if (run > 0) sides[side].push(measured);
    }
  }
  console.log(row(job, sides).join("\t"));
}
rmSync(scratch, { recursive: true, force: true });

function command(job, side, folder) {
  const [program, ...args] = job[side](folder);
  return side === "mlctl"
    ? [process.execPath, join(root, "bin/mlctl.js"), program, ...args]
    : [PYTHON, program, ...args];
}

function measure(line, cwd) {
  const memory = join(cwd, "memory.txt");
  const [program, ...args] = GNU_TIME === undefined ? line : [GNU_TIME, "-f", "%M", "-o", memory, ...line];
  const start = performance.now();
  const { status, stderr } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, OMP_NUM_THREADS: "2" },
  });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`${line.join(" ")} ended with ${status}: ${stderr}`);
  return {
    seconds,
    megabytes: GNU_TIME === undefined ? NaN : Number(readFileSync(memory, "utf8").trim().split("\n").at(-1)) / 1024,
  };
}

function row({ name, limit }, { mlctl, peer }) {
  const [mine, theirs] = [mlctl, peer].map((runs) => median(runs.map(({ seconds }) => seconds)));
  const memory = [mlctl, peer].map((runs) => median(runs.map(({ megabytes }) => megabytes)));
  return [
    name,
    mine.toFixed(2),
    theirs.toFixed(2),
    (mine / theirs).toFixed(2),
    `≤ ${limit}`,
    ...memory.map((value) => value.toFixed(0)),
  ];
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.length === 0 ? NaN : sorted[Math.floor(sorted.length / 2)];
}
