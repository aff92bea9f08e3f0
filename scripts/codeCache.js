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

export function writeCodeCache() {
  const folder = mkdtempSync(join(tmpdir(), "mlctl-build-"));
  try {
    for (const args of runs) {
      const { status, stderr } = spawnSync(process.execPath, [script, ...args], { cwd: folder, encoding: "utf8" });
      if (status !== 0) console.error(`note: no code cache of \`mlctl ${args.join(" ")}\`: ${stderr.split("\n")[0]}`);
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
