/**
 * Bundles dist/cli/main.js and all it imports into dist/app: 200 files where Node found and opened 1,500, a third of
 * what `fullprocess` on the sample took. Packages that look for files of their own (binaries, WebAssembly, threads) stay
 * where they are, and so does what runs in threads. Where the bundler does not run, bin/loadEntry.js takes dist as it is.
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

/** The other form of this package awaits an optional one at its top, which threads must not, see bin/plotThread.js. */
const alias = { "vega-canvas": join(root, "node_modules/vega-canvas/build/vega-canvas.browser.js") };

/** One export of one script: build.js awaits it. */
export async function bundle() {
  const dir = join(root, "dist", "app");
  try {
    const { rolldown } = await import("rolldown");
    const input = {
      main: join(root, "dist", "cli", "main.js"),
      plotThread: join(root, "dist", "reporting", "plotThread.js"),
      referenceThread: join(root, "dist", "lifecycle", "monitor", "referenceThread.js"),
    };
    const build = await rolldown({ input, platform: "node", external, resolve: { alias }, logLevel: "silent" });
    await build.write({ dir, format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" });
    await build.close();
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    console.error(`note: not bundled, mlctl starts more slowly: ${error.message.split("\n")[0]}`);
  }
}
