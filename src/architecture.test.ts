/** The house rules of src/README.md, enforced: layers, no cycle, one importer a package, small files, no drawers. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const thinking = ["core", "stats", "features", "estimators", "metrics", "drift", "pipeline"];

/** What each folder may import beside itself. */
const allowed: Record<string, readonly string[]> = {
  core: [],
  config: ["core"],
  stats: ["core"],
  features: ["core", "stats"],
  estimators: ["core", "stats"],
  metrics: ["core", "stats"],
  drift: ["core", "stats"],
  pipeline: ["core", "stats", "features", "estimators", "metrics", "drift"],
  data: ["core"],
  storage: ["core"],
  plots: ["core"],
  notify: ["core"],
  monitoring: ["core", "stats", "metrics", "drift", "pipeline", "storage"],
  reporting: ["core", "drift", "plots"],
  lifecycle: [...thinking, "config", "data", "storage", "plots", "notify", "monitoring", "reporting"],
  automation: ["core", "config", "storage", "lifecycle"],
  server: ["core", "config", "pipeline", "monitoring", "storage", "plots", "reporting", "lifecycle", "automation"],
  commands: ["core", "config", "lifecycle", "automation", "server"],
  cli: ["core", "config", "commands"],
};

/** In these only index.ts imports the other files of the folder. */
const registries = new Set(["features", "estimators", "metrics", "drift"]);

/** Packages with several files of one folder as importers; every other has one file. */
const packageFolders: Record<string, string> = { zod: "config", pg: "storage/postgres" };

/**
 * Rooms of a folder in order: each may import the shared root (""), unless the root stands after it, and rooms before it,
 * never one that stands after it. Folders without an entry have no such order: a registry's index imports its leaves,
 * which import what the registry shares.
 */
const rooms: Record<string, readonly string[]> = {
  automation: ["schedule", "schedule/install", "watch", "workers"],
  commands: ["views", ""],
  features: ["onnx", ""],
  lifecycle: [
    "",
    "engine",
    "ingest",
    "ranks",
    "workers",
    "train",
    "tune",
    "compare",
    "score",
    "deploy",
    "health",
    "predict",
    "labels",
    "registry",
    "monitor",
    "prune",
    "backup",
    "share",
    "report",
    "start",
    "fullprocess",
  ],
  pipeline: ["rows", "predict", "leakage", "onnx", "judge", "fit", "search"],
  server: ["http", "predictions", "state", "pages/frame", "pages/charts", "pages", "routes", "process"],
  storage: [
    "files",
    "remote",
    "model",
    "sqlite",
    "records",
    "bucket",
    "store",
    "deployment",
    "postgres",
    "predictionLog",
    "",
    "backup",
  ],
};

/** Rooms that call the verbs of other rooms; the others share only what is beside a verb. */
const orchestrators = new Set(["lifecycle/fullprocess"]);

/** More files than this are not found any more: a registry's leaves are excepted, and so are tests. */
const MOST_FILES = 25;
const listings = new Set(["features", "metrics", "commands"]);

interface Source {
  readonly path: string;
  readonly text: string;
}

describe("architecture", () => {
  it("holds in this tree", () => {
    expect(breaches(sourcesOf(dirname(fileURLToPath(import.meta.url))))).toEqual([]);
  });

  it("is what src/README.md says: every file that it names is there", () => {
    const root = dirname(fileURLToPath(import.meta.url));
    const map = readFileSync(join(root, "README.md"), "utf8");
    const named = [...map.matchAll(/`((?:[\w.]+\/)+[\w.]+\.(?:ts|js))`/g)].map(([, path]) => path!);
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((path) => !existsSync(join(root, path)) && !existsSync(join(root, "..", path)))).toEqual([]);
  });

  it("finds a cycle", () => {
    const sources = [
      { path: "core/a.ts", text: 'import { b } from "./b.ts";' },
      { path: "core/b.ts", text: 'import type { a } from "./a.ts";' },
    ];
    expect(breaches(sources)).toEqual(["cycle: core/a.ts → core/b.ts → core/a.ts"]);
  });

  it("finds an import that its layer forbids, static or dynamic", () => {
    expect(breaches([{ path: "core/a.ts", text: 'import { x } from "../storage/x.ts";' }])).toEqual([
      "layer: core/a.ts imports storage/x.ts",
    ]);
    expect(breaches([{ path: "stats/a.ts", text: 'void import("../commands/x.ts")' }])).toEqual([
      "layer: stats/a.ts imports commands/x.ts",
    ]);
  });

  it("finds a second importer of a package", () => {
    const sources = [
      { path: "data/stream/rows.ts", text: 'import { parse } from "csv-parse";' },
      { path: "data/more.ts", text: 'import { parse } from "csv-parse/sync";' },
    ];
    expect(breaches(sources)).toEqual(["package: csv-parse is imported by data/more.ts, data/stream/rows.ts"]);
  });

  it("finds a leaf of a registry that imports another leaf's registry", () => {
    expect(breaches([{ path: "metrics/regression.ts", text: 'import { metrics } from "./index.ts";' }])).toEqual([
      "registry: metrics/regression.ts imports its own index.ts",
    ]);
  });

  it("finds a room that imports one above it, or one that has no place", () => {
    const sources = [
      { path: "lifecycle/train/train.ts", text: 'import { x } from "../report/reportInput.ts";' },
      { path: "lifecycle/session.ts", text: 'import { x } from "./train/trainingData.ts";' },
      { path: "lifecycle/cellar/wine.ts", text: 'import { x } from "../session.ts";' },
    ];
    expect(breaches(sources)).toEqual([
      "room: lifecycle/train/train.ts imports lifecycle/report/reportInput.ts, a room above its own",
      "room: lifecycle/session.ts imports lifecycle/train/trainingData.ts, a room above its own",
      "room: lifecycle/cellar/wine.ts is in a room that has no place in the order",
    ]);
  });

  it("finds a verb that calls another verb and a command that imports another command", () => {
    const sources = [
      { path: "lifecycle/score/score.ts", text: 'import { train } from "../train/train.ts";' },
      { path: "commands/train.ts", text: 'import { score } from "./score.ts";' },
      { path: "commands/score.ts", text: "export const command = {} satisfies Command;" },
    ];
    expect(breaches(sources)).toEqual([
      "verb: lifecycle/score/score.ts imports the verb lifecycle/train/train.ts",
      "command: commands/train.ts imports the command commands/score.ts",
    ]);
  });

  it("finds a folder with too many files", () => {
    const sources = Array.from({ length: 26 }, (_, i) => ({ path: `core/file${i}.ts`, text: "" }));
    expect(breaches(sources)).toEqual(["crowd: core has 26 files"]);
  });

  it("finds a module that awaits at its top: V8 aborts the process where its thread is ended meanwhile", () => {
    expect(breaches([{ path: "core/a.ts", text: "const library = await open();" }])).toEqual([
      "await: core/a.ts awaits at its top",
    ]);
  });

  it("finds a drawer and a file too long to read", () => {
    expect(breaches([{ path: "core/utils.ts", text: "" }])).toEqual(["drawer: core/utils.ts"]);
    expect(breaches([{ path: "core/a.ts", text: "x;\n".repeat(251) }])).toEqual(["length: core/a.ts has 251 lines"]);
  });
});

function breaches(sources: readonly Source[]): string[] {
  const imports = new Map(sources.map((source) => [source.path, importsOf(source)]));
  const found: string[] = [];
  for (const [path, names] of imports) {
    for (const name of names.filter((candidate) => candidate.endsWith(".ts"))) {
      found.push(...forbidden(path, name, sources));
    }
  }
  found.push(...secondImporters(imports), ...cycles(imports), ...crowded(sources));
  for (const { path, text } of sources) {
    if (/(^|\/)(utils?|helpers?|common|types|misc)(\.ts|\/)/.test(path)) found.push(`drawer: ${path}`);
    if (/^(export )?((const|let) [^=]+= )?await /m.test(text)) found.push(`await: ${path} awaits at its top`);
    const lines = text.split("\n").length - 1;
    if (lines > 250) found.push(`length: ${path} has ${lines} lines`);
  }
  return found;
}

/** Relative imports as paths from src/, packages by name; node: modules are left out. */
function importsOf({ path, text }: Source): string[] {
  const found = text.matchAll(/(?:^\s*(?:import|export)[^"'`;]*?from\s*|^\s*import\s*|\bimport\()\s*"([^"]+)"/gm);
  return [...found]
    .map((match) => match[1]!)
    .filter((name) => !name.startsWith("node:"))
    .map((name) => (name.startsWith(".") ? posix.join(posix.dirname(path), name) : name));
}

function forbidden(path: string, target: string, sources: readonly Source[]): string[] {
  const [folder, targetFolder] = [path.split("/")[0]!, target.split("/")[0]!];
  const isIndex = path.endsWith("/index.ts");
  if (folder !== targetFolder) {
    return allowed[folder]?.includes(targetFolder) ? [] : [`layer: ${path} imports ${target}`];
  }
  if (registries.has(folder) && target === `${folder}/index.ts` && isLeaf(path, sources)) {
    return [`registry: ${path} imports its own index.ts`];
  }
  const isCommand = sources.some(({ path: other, text }) => other === target && / satisfies Command\b/.test(text));
  if (folder === "commands" && !isIndex && isCommand) return [`command: ${path} imports the command ${target}`];
  return [...throughWalls(path, target), ...otherVerb(path, target)];
}

/** A room that imports one above it. */
function throughWalls(path: string, target: string): string[] {
  const order = rooms[path.split("/")[0]!];
  const [from, to] = [roomOf(path), roomOf(target)];
  if (order === undefined || from === to) return [];
  const [at, wanted] = [order.indexOf(from), order.indexOf(to)];
  if (at < 0 || wanted < 0) return [`room: ${at < 0 ? path : target} is in a room that has no place in the order`];
  return wanted < at ? [] : [`room: ${path} imports ${target}, a room above its own`];
}

/** A verb is the file of a room's own name; only what orchestrates calls verbs of other rooms. */
function otherVerb(path: string, target: string): string[] {
  const [from, to] = [posix.dirname(path), posix.dirname(target)];
  const isVerb = to.startsWith("lifecycle/") && posix.basename(target, ".ts") === posix.basename(to);
  return isVerb && from !== to && !orchestrators.has(from) ? [`verb: ${path} imports the verb ${target}`] : [];
}

/** "lifecycle/train/leaderboard.ts" → "train", "lifecycle/session.ts" → "" */
function roomOf(path: string): string {
  return path.split("/").slice(1, -1).join("/");
}

/** A leaf is what the registry's index imports; files that use the registry (compute, find) are not leaves. */
function isLeaf(path: string, sources: readonly Source[]): boolean {
  const index = sources.find((source) => source.path === `${path.split("/")[0]}/index.ts`);
  return index === undefined || importsOf(index).includes(path);
}

function crowded(sources: readonly Source[]): string[] {
  const counts = new Map<string, number>();
  for (const { path } of sources) counts.set(posix.dirname(path), (counts.get(posix.dirname(path)) ?? 0) + 1);
  return [...counts]
    .filter(([folder, count]) => count > MOST_FILES && !listings.has(folder))
    .map(([folder, count]) => `crowd: ${folder} has ${count} files`);
}

function secondImporters(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const importers = new Map<string, Set<string>>();
  for (const [path, names] of imports) {
    for (const name of names.filter((candidate) => !candidate.endsWith(".ts"))) {
      const parts = name.split("/");
      const packageName = name.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0]!;
      importers.set(packageName, (importers.get(packageName) ?? new Set()).add(path));
    }
  }
  return [...importers]
    .filter(([name, paths]) => {
      const folder = packageFolders[name];
      return folder === undefined ? paths.size > 1 : [...paths].some((path) => !path.startsWith(`${folder}/`));
    })
    .map(([name, paths]) => `package: ${name} is imported by ${[...paths].toSorted().join(", ")}`);
}

function cycles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push(`cycle: ${[...trail.slice(start), path].join(" → ")}`);
    if (start >= 0 || done.has(path)) return;
    for (const next of imports.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return found;
}

function sourcesOf(root: string): Source[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((path) => ({ path: relative(root, path).replaceAll("\\", "/"), text: readFileSync(path, "utf8") }))
    .filter(({ path }) => !/^(acceptance|testing)\//.test(path));
}
