/**
 * `npm run bench [job …]`: each job here and in its peer (Debian's pandas, scikit-learn, XGBoost), alternating after a
 * warm-up; prints medians, their ratio and peak memory, and keeps them in RESULTS.md.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { jobs } from "./jobs.js";
import { keepResults } from "./keepResults.js";
import { median, shown, timed } from "./timed.js";

const RUNS = 5;
const PYTHON = process.env.MLCTL_BENCH_PYTHON ?? "/usr/bin/python3";

const root = fileURLToPath(new URL("..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "mlctl-bench-"));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !jobs.some((job) => job.name === name));
if (unknown.length > 0) {
  console.error(`error: no job is called ${unknown.join(", ")}\nhint: ${jobs.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}
const hasPeer = spawnSync(PYTHON, ["-c", "import pandas, sklearn, xgboost"]).status === 0;
if (!hasPeer)
  console.log(
    `no peer: ${PYTHON} lacks pandas, scikit-learn or xgboost (Debian: python3-pandas python3-sklearn python3-xgboost)`,
  );

console.log(["job", "mlctl s", "peer s", "ratio", "must be", "mlctl MB", "peer MB"].join("\t"));
const results = [];
try {
  for (const job of jobs.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    const result = { job, ...measured(job) };
    results.push(result);
    console.log(row(result).join("\t"));
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
keepResults(
  join(root, "bench", "RESULTS.md"),
  jobs,
  results.map((result) => row(result)),
);

/** Both sides in turn, the first round as a warm-up that does not count. */
function measured(job) {
  const folder = mkdtempSync(join(scratch, "job-"));
  job.prepare?.(folder);
  for (const args of job.before ?? []) run(job, "mlctl", args, folder);
  const withPeer = hasPeer && job.peer !== undefined;
  if (withPeer && job.peerBefore) run(job, "peer", job.peerBefore(folder), folder);
  const sides = { mlctl: [], peer: [] };
  for (let round = 0; round <= (job.runs ?? RUNS); round++) {
    for (const side of withPeer ? ["mlctl", "peer"] : ["mlctl"]) {
      const one = run(job, side, job[side](folder), folder);
      if (round > 0) sides[side].push(one);
    }
  }
  rmSync(folder, { recursive: true, force: true });
  return sides;
}

function run(job, side, args, cwd) {
  const program = side === "peer" ? [PYTHON] : [process.execPath, ...(job.part ? [] : [join(root, "bin/mlctl.js")])];
  const { seconds, megabytes, stdout } = timed([...program, ...args], cwd, { ...process.env, OMP_NUM_THREADS: "2" });
  return { seconds: job.part ? Number(stdout.trim().split("\n").at(-1)) : seconds, megabytes };
}

function row({ job, mlctl, peer }) {
  const [mine, theirs] = [mlctl, peer].map((runs) => median(runs.map(({ seconds }) => seconds)));
  const memory = [mlctl, peer].map((runs) => median(runs.map(({ megabytes }) => megabytes)));
  const must = job.limit === undefined ? `≤ ${job.megabytes} MB` : `≤ ${job.limit}`;
  return [
    job.name,
    mine.toFixed(2),
    shown(theirs, 2),
    shown(mine / theirs, 2),
    must,
    ...memory.map((mb) => shown(mb, 0)),
  ];
}
