/** How much the tests of faults do: a little in `npm test`, all of it in `npm run test:faults`, and how they print their counts. */
import { spawnSync } from "node:child_process";
import { writeSync } from "node:fs";

/** Set by vitest.faults.config.ts. A number stands for a share: 0.1 does a tenth. */
const given = process.env["MLCTL_FAULTS"] ?? "";
const share = given === "" ? 0 : Number(given);

export const isFull = share > 0;

/** A test of faults may take so long. */
export const FAULTS_TIMEOUT = isFull ? 7_200_000 : 300_000;

/** `few` in npm test; of `all`, the share asked for, in npm run test:faults. */
export function faultCount(few: number, all: number): number {
  return isFull ? Math.max(few, Math.ceil(all * share)) : few;
}

/** A line of counts in the output of the test run, past vitest, which holds lines back until the file is done. */
export function tell(line: string): void {
  writeSync(2, `faults: ${line}\n`);
}

/** How often each came, most often first: "train 12, score 3". */
export function histogram(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}

/** Milliseconds in which Node.js starts and ends where nothing else runs. */
const START_MS = 60;

/** How much longer everything takes now, because other programs run: limits of time are multiplied by it. */
export function slowness(): number {
  const started = performance.now();
  spawnSync(process.execPath, ["-e", ""]);
  return Math.max(1, (performance.now() - started) / START_MS);
}
