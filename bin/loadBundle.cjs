/**
 * Loads the bundle of dist/app with what V8 compiled of it when it was built (scripts/codeCache.js): 0.3 s of CPU less
 * for `fullprocess`, a tenth less for `--version`. Without a cache of this V8, Node loads the files as it always does.
 * None is ever stale: names of files carry a hash of their content, and V8 refuses what another version, other flags or
 * a file cut short left.
 */
const { readFileSync, writeFileSync, existsSync, mkdirSync, renameSync } = require("node:fs");
const { join } = require("node:path");
const { setFlagsFromString } = require("node:v8");
const { Script } = require("node:vm");

const folder = join(__dirname, "..", "dist", "app");
const cache = join(folder, `v8-${process.versions.v8}-${process.platform}-${process.arch}`);
const modules = new Map();
const scripts = new Map();
let keeping = false;

/**
 * @param name of an entry of the bundle: "main", "plotThread"
 * @returns its exports; undefined where there is no bundle
 */
exports.loadBundle = (name) => {
  const list = join(folder, "entries.json");
  if (!existsSync(list)) return undefined;
  const file = JSON.parse(readFileSync(list, "utf8"))[name];
  return keeping || existsSync(cache) ? load(file) : require(join(folder, file));
};

/** From now on, and at the end of this process: what was compiled is written beside the bundle. */
exports.keepCompiled = () => {
  keeping = true;
  // Else V8 throws the code of functions away that did not run for a while; back again, because flags are part of a cache.
  setFlagsFromString("--no-flush-bytecode");
  process.on("exit", () => {
    setFlagsFromString("--flush-bytecode");
    mkdirSync(cache, { recursive: true });
    for (const [file, script] of scripts) keep(join(cache, file), script.createCachedData());
  });
};

/** Whole or not at all, also after a power failure: V8 looks at its length and version, not at every byte. */
function keep(path, data) {
  writeFileSync(`${path}.new`, data, { flush: true });
  renameSync(`${path}.new`, path);
}

function load(file) {
  const known = modules.get(file);
  if (known !== undefined) return known.exports;
  const filename = join(folder, file);
  const script = new Script(
    `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, "utf8")}\n})`,
    {
      filename,
      cachedData: compiled(file),
    },
  );
  if (keeping) scripts.set(file, script);
  const module = { exports: {} };
  modules.set(file, module);
  try {
    script.runInThisContext().call(module.exports, module.exports, requireFrom, module, filename, folder);
  } catch (error) {
    modules.delete(file);
    throw error;
  }
  return module.exports;
}

/** Files of the bundle by themselves, packages from node_modules. */
function requireFrom(specifier) {
  return specifier.startsWith("./") ? load(specifier.slice(2)) : require(specifier);
}

function compiled(file) {
  try {
    return readFileSync(join(cache, file));
  } catch {
    return undefined;
  }
}
