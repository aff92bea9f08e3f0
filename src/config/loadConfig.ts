/** Finds, reads and checks config.json. Precedence: flags > MLCTL_* variables > file > defaults. */
import { isUtf8 } from "node:buffer";
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { messageOf, MlctlError } from "../core/errors.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { keepSecret } from "../core/text/maskSecrets.ts";
import { affectsTraining } from "./configSha256.ts";
import { configJsonSchema, secretSettings, type SchemaNode } from "./schema/configJsonSchema.ts";
import type { Environment } from "../core/userFolder.ts";
import { environmentSettings } from "./environmentSettings.ts";
import { fileVariables } from "./variablesFile.ts";
import { extendedFile, type ExtendedFile } from "./extendedFile.ts";
import { explainIssues } from "./problems/explainIssues.ts";
import { furtherProblems } from "./problems/furtherProblems.ts";
import { leaves, valueAt, withoutValueAt, withValueAt } from "./jsonPath.ts";
import { parseJsonc, type ParsedJson } from "./jsonc.ts";
import { plainSecrets, recordableConfig, secretValues, plainNote } from "./recordableConfig.ts";
import { resolveReferences, type Reference } from "./references.ts";
import { configSchema, type Config, type ConfigProblem, type KnownNames } from "./schema/schema.ts";
import { hooksOf } from "./hooks.ts";
import { trustOf, type Trust } from "./trust.ts";
import { deferUnset, guardUnset } from "./unsetValues.ts";

export interface LoadOptions {
  readonly path?: string | undefined;
  readonly directory: string;
  readonly environment: Environment;
  /** Flags that override keys: "--seed" of "train.seed". */
  readonly flags?: readonly { readonly key: string; readonly flag: string; readonly value: Json }[];
  readonly known?: KnownNames;
  /** Keys that are left out, because they are wrong. */
  readonly without?: readonly string[] | undefined;
  /** Further checks of the caller, reported together with the other problems. */
  readonly check?: (config: Config) => Promise<readonly ConfigProblem[]>;
}

export interface LoadedConfig {
  /** Reading a value whose variable is not set throws an MlctlError of kind "usage". */
  readonly config: Config;
  /** The configuration without secrets: for records, logs and `config show`. */
  readonly recordable: JsonObject;
  readonly path: string;
  readonly bases: readonly string[];
  /** The file with those, as one; variables are not replaced. */
  readonly merged: Json;
  /** The workspace: the folder of config.json. Paths in config.json are relative to it. */
  readonly directory: string;
  /** Source of each value, by key joined with dots: "config.json:12", "MLCTL_TRAIN_SEED", "--seed"; defaults have none. */
  readonly sources: ReadonlyMap<string, string>;
  /** Source of any key; for a key that is not set, the source of its nearest ancestor. */
  readonly sourceOf: (path: string) => string | undefined;
  readonly warnings: readonly string[];
  readonly references: readonly Reference[];
  /** The values that cannot be read, because a variable is not set, one line each. */
  readonly unset: readonly string[];
  /** A line about secrets that are in the file in plain text; empty if there are none. */
  readonly plainSecrets: readonly string[];
  readonly trust: Trust;
}

/** An error of kind "usage" with all problems in `details`. */
export class ConfigError extends MlctlError {
  /** The keys that have problems, joined with dots. */
  keys: readonly string[] = [];

  /**
   * What to leave out so that the others can be read: these keys, or else the top-level ones with them.
   * @param without what was left out already
   * @returns undefined if nothing helps, or the others do not say where the records and models are
   */
  nextWithout(without: readonly string[]): readonly string[] | undefined {
    const sections = this.keys.map((key) => key.split(".")[0]!);
    if (sections.some((key) => /_path$|^(database|artifacts)$/.test(key))) return undefined;
    return [this.keys, sections].find((some) => !some.every((key) => without.includes(key)));
  }
}

/** @throws {MlctlError} kind "notReady" if there is no config.json; {ConfigError} if its content is wrong */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const { known, check } = options;
  const path = findConfig(options);
  const name = basename(path);
  // On demand: needed only for variables and errors.
  const schema = (): SchemaNode => configJsonSchema(known);
  const variables = fileVariables(path);
  const extended = extendedFile(path, readConfig);
  const { without = [] } = options;
  const kept = without.reduce((rest, key) => withoutValueAt(rest, key.split(".")), extended.value);
  // The one key without a default.
  const value = without.includes("target") ? withValueAt(kept, ["target"], "-") : kept;
  const file = { ...extended, value };
  const layers = readLayers(file, { ...options, name, schema, variables });
  const sections = Object.keys({ ...(layers.shown as object), ...(layers.given as object) });
  const secrets = secretSettings(configSchema(known), sections);
  keepSecret([layers.given, layers.shown].flatMap((each) => secretValues(each, secrets)));
  const parse = (given: Json) => configSchema(known).safeParse(given, { jitless: true }); // the JIT would cost 12 ms for a single use
  const { given, deferred } = deferUnset(layers.given, layers.unset, (each) => parse(each).error?.issues ?? []);
  const parsed = parse(given);
  const issues = parsed.success ? [] : explainIssues(parsed.error.issues, layers.shown, schema());
  const found = [...layers.problems, ...issues];
  const parseOnce = (each: Json) => (each === given ? parsed : parse(each)).data;
  const checks = { known, check, configPath: path, parse: parseOnce };
  const unset = new Set(deferred.map((each) => each.path.join(".")));
  const further = (await furtherProblems(given, found, checks)).filter((problem) => !unset.has(problem.path));
  const problems = [...found, ...further];
  if (!parsed.success || problems.length > 0) throw configError(problems, name, layers.sourceOf);
  const { shown, originals, references, sources, sourceOf, warnings } = layers;
  // A run is reproduced from its record, so the record has the values that decided the model.
  const written = [...originals.filter((at) => !affectsTraining(at)), ...deferred.map(({ at }) => at)];
  const asWritten = written.map((at) => ({ path: at, value: valueAt(shown, at) as Json }));
  const recordable = recordableConfig(parsed.data as Json, asWritten, secrets);
  const isFromFile = (key: string): boolean => sourceOf(key)?.includes(":") === true;
  const lines = guardUnset(parsed.data, deferred, sourceOf);
  const loaded = { config: parsed.data, recordable, path, bases: file.bases, merged: value, directory: dirname(path) };
  const plain = plainSecrets(shown, secrets).filter(isFromFile);
  const ofFile = Object.entries(variables).filter(([variable]) => options.environment[variable] === undefined);
  const hooks = hooksOf(given, shown, { isFromFile, variables: new Map(ofFile) });
  const trust = trustOf(hooks, path, options.environment);
  const notes = { warnings, unset: lines, plainSecrets: plainNote(plain, sourceOf) };
  return { ...loaded, ...notes, sources, sourceOf, references, trust };
}

function readLayers(
  file: ExtendedFile,
  options: LoadOptions & { name: string; schema: () => SchemaNode; variables: Environment },
) {
  const { name, schema, variables } = options;
  const environment = environmentSettings(options.environment, schema, JSON.stringify(file.value));
  const overrides = [
    ...environment.settings.map(({ variable, path, value }) => ({ path, source: variable, value })),
    ...(options.flags ?? []).map(({ key, flag, value }) => ({ path: key.split("."), source: flag, value })),
  ];
  // What a flag or variable sets is not read, so that a variable in it need not be set.
  const own = overrides.reduce((rest, { path }) => withoutValueAt(rest, path), file.value);
  const resolved = resolveReferences(own, { ...variables, ...options.environment }, schema);
  const set = leaves(file.value).map(({ path }) => path.join("."));
  const sources = new Map(set.map((key) => [key, file.places.get(key) ?? `${name}:1`]));
  let [given, shown] = [resolved.value, file.value];
  for (const { path, source, value } of overrides) {
    given = withValueAt(given, path, value);
    shown = withValueAt(shown, path, value);
    const key = path.join(".");
    for (const other of sources.keys()) if (other.startsWith(`${key}.`)) sources.delete(other);
    sources.set(key, source);
  }
  // An override of the key or an ancestor, else the line of the key or its nearest ancestor.
  const sourceOf = (path: string): string | undefined => {
    const parts = path.split(".");
    const keys = parts.map((_, i) => parts.slice(0, parts.length - i).join("."));
    const override = keys.map((key) => sources.get(key)).find((source) => source?.includes(":") === false);
    return override ?? [...keys, ""].map((key) => file.places.get(key)).find((line) => line !== undefined);
  };
  return { ...resolved, given, shown, sources, sourceOf, warnings: environment.warnings };
}

function findConfig({ path, directory }: LoadOptions): string {
  const folder = resolve(directory);
  const file = resolve(folder, path ?? "config.json");
  if (existsSync(folder) && !statSync(folder).isDirectory())
    throw new MlctlError("usage", `${folder} is not a folder`, { hint: "check -C/--directory" });
  if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
  if (path !== undefined) throw new MlctlError("usage", `there is no file ${file}`, { hint: "check -c/--config" });
  if (!existsSync(folder))
    throw new MlctlError("usage", `there is no folder ${folder}`, { hint: "check -C/--directory" });
  throw new MlctlError("notReady", `there is no config.json in ${folder}`, {
    hint: "run `mlctl init` there (with your file: `mlctl init --from FILE`), or name another folder with -C or another file with -c",
  });
}

function readConfig(path: string, name: string): ParsedJson {
  try {
    const bytes = readFileSync(path);
    if (!isUtf8(bytes) || bytes.includes(0)) {
      // Decoding another encoding as UTF-8 would silently corrupt characters in column names.
      const lines = bytes.toString("latin1").split("\n");
      const line = lines.findIndex((text) => text.includes("\0") || !isUtf8(Buffer.from(text, "latin1"))) + 1;
      throw new MlctlError("usage", `${name} is not UTF-8, line ${line}`, { hint: "save it as UTF-8 in your editor" });
    }
    // Names of columns are composed (NFC) everywhere.
    return parseJsonc(bytes.toString("utf8").normalize("NFC"), name);
  } catch (cause) {
    if (cause instanceof MlctlError) throw cause;
    const message = `${path} cannot be read: ${messageOf(cause)}`;
    throw new MlctlError("usage", message, { cause, hint: "check its permissions" });
  }
}

/** One error with all problems, each with its line, flag or variable. */
function configError(
  problems: readonly ConfigProblem[],
  name: string,
  sourceOf: LoadedConfig["sourceOf"],
): ConfigError {
  const placed = problems.map(({ path, message }) => ({ source: sourceOf(path) ?? name, path: path || name, message }));
  const inFileOrder = placed.toSorted((a, b) => a.source.localeCompare(b.source, "en", { numeric: true }));
  const details = inFileOrder.map(({ source, path, message }) => `${source}: ${path}: ${message}`);
  const places = new Set(placed.map(({ source }) => source.replace(/:\d+$/, "")));
  const where = places.size === 1 ? [...places][0]! : "the configuration";
  const message = `${where} has ${problems.length === 1 ? "an error" : `${problems.length} errors`}`;
  const error = new ConfigError("usage", message, { details, hint: "`mlctl config schema` describes every key" });
  error.keys = problems.map(({ path }) => path);
  return error;
}
