/** Runs a program to its end, by GNU time where that is installed. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const GNU_TIME = "/usr/bin/time";

/** @returns seconds by the clock and of CPU, and the peak memory; NaN for what only GNU time knows */
export function timed(line, cwd, env = process.env) {
  const measures = join(cwd, "measures.txt");
  const isMeasured = existsSync(GNU_TIME);
  const [program, ...args] = isMeasured ? [GNU_TIME, "-f", "%U %S %M", "-o", measures, ...line] : line;
  const start = performance.now();
  const { status, stderr, stdout } = spawnSync(program, args, { cwd, env, encoding: "utf8", maxBuffer: 1 << 28 });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`${line.join(" ")} ended with ${status}: ${stderr}`);
  const last = isMeasured ? readFileSync(measures, "utf8").trim().split("\n").at(-1) : "NaN NaN NaN";
  const [user, system, kilobytes] = last.split(" ").map(Number);
  return { seconds, cpu: user + system, megabytes: kilobytes / 1024, stdout };
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

export function shown(value, digits) {
  return Number.isFinite(value) ? value.toFixed(digits) : "–";
}
