/** The house rules of src/README.md, enforced: layers, no cycle, one importer a package, small files, no drawers. */
import { readdirSync, readFileSync } from "node:fs";
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
  reporting: ["core", "plots"],
  lifecycle: [...thinking, "config", "data", "storage", "plots", "notify", "monitoring", "reporting"],
  automation: ["core", "config", "storage", "lifecycle"],
  server: ["core", "config", "pipeline", "monitoring", "storage", "plots", "reporting", "lifecycle"],
  commands: ["core", "config", "lifecycle", "automation", "server"],
  cli: ["core", "config", "commands"],
};

/** In these only index.ts imports the other files of the folder. */
const registries = new Set(["features", "estimators", "metrics", "drift"]);

/** Packages with several files of one folder as importers; every other has one file. */
const packageFolders: Record<string, string> = { zod: "config" };

/** Steps that call other steps. */
const orchestrators = new Set(["lifecycle/fullprocess/fullprocess.ts", "lifecycle/compare/reproduce.ts"]);

interface Source {
  readonly path: string;
  readonly text: string;
}

describe("architecture", () => {
  it("holds in this tree", () => {
    expect(breaches(sourcesOf(dirname(fileURLToPath(import.meta.url))))).toEqual([]);
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
    expect(breaches(sources)).toEqual(["package: csv-parse is imported by data/more.ts, data/rows.ts"]);
  });

  it("finds a leaf of a registry that imports another leaf's registry", () => {
    expect(breaches([{ path: "metrics/f1.ts", text: 'import { metrics } from "./index.ts";' }])).toEqual([
      "registry: metrics/f1.ts imports its own index.ts",
    ]);
  });

  it("finds a step that calls another step and a command that imports another command", () => {
    const sources = [
      { path: "lifecycle/train/train.ts", text: 'import { train } from "./score.ts";' },
      { path: "lifecycle/score/score.ts", text: "export async function score() {}" },
      { path: "commands/train.ts", text: 'import { score } from "./score.ts";' },
      { path: "commands/score.ts", text: "export const command = {} satisfies Command;" },
    ];
    expect(breaches(sources)).toEqual([
      "step: lifecycle/train.ts imports the step lifecycle/score.ts",
      "command: commands/train.ts imports the command commands/score.ts",
    ]);
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
  const steps = commandSteps(sources);
  const imports = new Map(sources.map((source) => [source.path, importsOf(source)]));
  const found: string[] = [];
  for (const [path, names] of imports) {
    for (const name of names.filter((candidate) => candidate.endsWith(".ts"))) {
      found.push(...forbidden(path, name, { steps, sources }));
    }
  }
  found.push(...secondImporters(imports), ...cycles(imports));
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

function forbidden(path: string, target: string, known: { steps: readonly string[]; sources: readonly Source[] }) {
  const [folder, targetFolder] = [path.split("/")[0]!, target.split("/")[0]!];
  const isIndex = path.endsWith("/index.ts");
  if (folder !== targetFolder) {
    return allowed[folder]?.includes(targetFolder) ? [] : [`layer: ${path} imports ${target}`];
  }
  if (registries.has(folder) && target === `${folder}/index.ts` && isLeaf(path, known.sources)) {
    return [`registry: ${path} imports its own index.ts`];
  }
  if (folder === "lifecycle" && known.steps.includes(path) && known.steps.includes(target)) {
    return orchestrators.has(path) ? [] : [`step: ${path} imports the step ${target}`];
  }
  const isCommand = known.sources.some(
    ({ path: other, text }) => other === target && / satisfies Command\b/.test(text),
  );
  return folder === "commands" && !isIndex && isCommand ? [`command: ${path} imports the command ${target}`] : [];
}

/** A leaf is what the registry's index imports; files that use the registry (compute, find) are not leaves. */
function isLeaf(path: string, sources: readonly Source[]): boolean {
  const index = sources.find((source) => source.path === `${path.split("/")[0]}/index.ts`);
  return index === undefined || importsOf(index).includes(path);
}

/** The steps of lifecycle are the files that have a command of their name. */
function commandSteps(sources: readonly Source[]): string[] {
  const paths = new Set(sources.map(({ path }) => path));
  return [...paths].filter(
    (path) => path.startsWith("lifecycle/") && paths.has(path.replace("lifecycle/", "commands/")),
  );
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
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !/\.test\.ts$|^example[A-Z]/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((path) => ({ path: relative(root, path).replaceAll("\\", "/"), text: readFileSync(path, "utf8") }))
    .filter(({ path }) => !/^(acceptance|testing)\//.test(path));
}
