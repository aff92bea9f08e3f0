/**
 * Bundles dist/cli/main.js and everything it imports into dist/app: 200 files instead of 1,500, whose loading took a
 * third of the time of `fullprocess` on the sample data. Not bundled: packages that look for their own files (binaries,
 * WebAssembly, threads) and code that runs in threads. If bundling fails, bin/loadEntry.js uses the compiled files.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const external = [
  /^node:/,
  /^@duckdb\/node-bindings/,
  /^@aws-sdk\//,
  /^@resvg\//,
  /^ml-xgboost/,
  "better-sqlite3",
  "dejavu-fonts-ttf",
  "jsonc-parser",
  "koffi",
  "piscina",
  "protobufjs",
];

/** The default build of this package has a top-level await, which threads must not have, see bin/plotThread.js. */
const resolve = { alias: { "vega-canvas": join(root, "node_modules/vega-canvas/build/vega-canvas.browser.js") } };

/** @param {string} dist the folder of the compiled files */
export async function bundle(dist) {
  const dir = join(dist, "app");
  try {
    const { rolldown } = await import("rolldown");
    const input = {
      main: join(dist, "cli", "main.js"),
      plotThread: join(dist, "reporting", "plotThread.js"),
      referenceThread: join(dist, "lifecycle", "monitor", "referenceThread.js"),
    };
    const build = await rolldown({ input, cwd: dist, platform: "node", external, resolve, logLevel: "silent" });
    await build.write({ dir, format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" });
    await build.close();
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    console.error(`note: bundling failed, so mlctl starts more slowly: ${error.message.split("\n")[0]}`);
  }
}
