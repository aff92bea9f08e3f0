/**
 * Bundles the program and its threads, with everything they import, into dist/app: 200 files instead of 1,500, whose
 * loading took a third of the time of `fullprocess` on the sample data. Only they are in the npm package; tests and
 * benchmarks import the compiled files. Not bundled: packages that look for their own files (binaries, WebAssembly).
 */
import { copyFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
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
  "koffi",
  "pg",
  "pg-boss",
  "piscina",
  "protobufjs",
];

const resolve = {
  alias: {
    // The default build has a top-level await, which threads must not have: V8 aborts the process if one is terminated during it.
    "vega-canvas": join(root, "node_modules/vega-canvas/build/vega-canvas.browser.js"),
    // The default build loads its parts in a way that a bundler cannot see.
    "jsonc-parser": join(root, "node_modules/jsonc-parser/lib/esm/main.js"),
  },
};

const entries = [
  "cli/main",
  "estimators/xgboost/engines/native/nativeLibrary",
  "estimators/xgboost/engines/worker",
  "estimators/xgboost/predict/leafThread",
  "lifecycle/monitor/referenceThread",
  "lifecycle/ranks/rank",
  "pipeline/search/trialWorker",
  "reporting/plotThread",
  "storage/predictionLog/writerThread",
];

/** @param {string} dist the folder of the compiled files */
export async function bundle(dist) {
  const { rolldown } = await import("rolldown");
  const input = Object.fromEntries(entries.map((entry) => [basename(entry), join(dist, `${entry}.js`)]));
  // Comments that name the modules would contain paths of this machine.
  const experimental = { attachDebugInfo: "none" };
  const build = await rolldown({
    input,
    cwd: dist,
    platform: "node",
    external,
    resolve,
    logLevel: "silent",
    experimental,
  });
  await build.write({
    dir: join(dist, "app"),
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
    codeSplitting: { groups: [shared(join(dist, "cli/main.js"))] },
  });
  await build.close();
  copyAssets(dist);
}

/**
 * The HTML and CSS that a file of src reads from beside itself; the bundle has them all in its one folder.
 * @param {string} dist
 */
function copyAssets(dist) {
  const source = join(root, "src");
  for (const path of readdirSync(source, { recursive: true, encoding: "utf8" })) {
    if (!/\.(html|css)$/.test(path)) continue;
    for (const target of [path, join("app", basename(path))]) copyFileSync(join(source, path), join(dist, target));
  }
}

/** What most commands do without. */
const heavy = ["pg", "piscina"];

/**
 * What many commands import is one file, because loading 90 small ones took a tenth of the time of a short command. It
 * leaves out what the program loads before it knows its command, npm packages, and what imports a heavy one.
 * @param {string} main
 */
function shared(main) {
  /** @type {Set<string>} */
  const first = new Set();
  return {
    minShareCount: 8,
    includeDependenciesRecursively: false,
    test: (/** @type {string} */ id) => !id.includes("node_modules"),
    name(/** @type {string} */ id, /** @type {import("rolldown").ChunkingContext} */ context) {
      if (first.size === 0) for (const each of imports(main, context)) first.add(each);
      return first.has(id) || heavy.some((name) => imports(id, context).has(name)) ? null : "shared";
    },
  };
}

/**
 * What a module imports statically, itself and through others.
 * @param {string} id
 * @param {import("rolldown").ChunkingContext} context
 */
function imports(id, context) {
  const found = new Set([id]);
  // Grows while it is walked.
  for (const each of found) for (const imported of context.getModuleInfo(each)?.importedIds ?? []) found.add(imported);
  return found;
}
