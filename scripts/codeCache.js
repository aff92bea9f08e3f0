/**
 * Runs what people run first, on the sample of `init`, and keeps what V8 compiled beside the bundle. Each run takes what
 * the one before left and adds to it, so that all functions that were needed once are in it.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(import.meta.url);
const runs = [
  ["init"],
  ["fullprocess", "-q"],
  ["report"],
  ["predict", "testdata/testdata.csv"],
  ["runs", "list"],
  ["--help"],
];

const LONGEST_MS = 120_000;

export function writeCodeCache() {
  const folder = mkdtempSync(join(tmpdir(), "mlctl-build-"));
  // MLCTL_DIRECTORY and its like would lead these runs into somebody's own workspace.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("MLCTL_")));
  try {
    for (const args of runs) {
      const options = { cwd: folder, env, encoding: "utf8", timeout: LONGEST_MS };
      const { status, stderr } = spawnSync(process.execPath, [script, ...args], options);
      if (status === 0) continue;
      console.error(`note: no code cache of \`mlctl ${args.join(" ")}\`: ${stderr.split("\n")[0]}`);
      break;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === script) {
  const { keepCompiled, loadBundle } = await import("../bin/loadBundle.cjs");
  keepCompiled();
  await loadBundle("main").main(process.argv.slice(2));
}
