/** An opened workspace (a folder with a config.json). Every step takes one. */
import { resolve } from "node:path";
import { codeVersion } from "../config/codeVersion.ts";
import { configSha256 } from "../config/configSha256.ts";
import type { LoadedConfig } from "../config/loadConfig.ts";
import type { Config } from "../config/schema/schema.ts";
import type { Trust } from "../config/trust.ts";
import { isReadable } from "../config/unsetValues.ts";
import { workspaceOf } from "../config/workspaceOf.ts";
import type { Context } from "../core/context.ts";
import type { Json } from "../core/json.ts";
import { limitMemory } from "../core/memoryLimit.ts";
import type { FitHooks } from "../pipeline/fit/fitCandidate.ts";
import type { KeptTables } from "./keptTables.ts";
import { lockNotePath } from "../storage/lock.ts";
import { openRecords } from "../storage/openRecords.ts";
import type { Records } from "../storage/records/records.ts";
import type { WorkspacePaths } from "../storage/files/workspacePaths.ts";

export interface Workspace {
  readonly config: Config;
  /** The configuration as a run record stores it: without secrets. */
  readonly recordedConfig: Json;
  /** Hash of the settings that affect training. Computed on demand, because a variable in them may not be set. */
  readonly configSha256: () => string;
  /** Whether what config.json would run or call is allowed: asked before each. */
  readonly trust: Trust;
  readonly paths: WorkspacePaths;
  /** Where the records are. A server is called only on use, and only if config.json may. */
  readonly records: Records;
  readonly configPath: string;
  readonly configBases: readonly string[];
  readonly codeVersion: string;
  readonly context: Context;
  /** Cache of tables; present when several steps run in one process. */
  readonly tables?: KeptTables;
  /** Present while workers of other machines may help with fits; `onSeconds` gets the time of each. */
  readonly share?: (onSeconds?: (seconds: number) => void) => NonNullable<FitHooks["share"]>;
  /** Who helps now, for progress. */
  readonly helpers?: () => string | undefined;
}

/** Combines a loaded configuration with the caller's context, and limits the memory of the process. Touches no file. */
export function openWorkspace(loaded: LoadedConfig, context: Context): Workspace {
  const { workspace, datasets, models, production, database, index, shared, bucket } = workspaceOf(loaded);
  const paths = { workspace, datasets, models, production, database, index, shared, bucket };
  limitMemory(loaded.config.limits.memory);
  return {
    config: loaded.config,
    recordedConfig: loaded.recordable,
    trust: loaded.trust,
    configSha256: () => configSha256(loaded.config),
    paths,
    records: openRecords(paths, () => requireServers(loaded.trust), context.signal),
    configPath: loaded.path,
    configBases: loaded.bases,
    codeVersion: codeVersion(),
    context,
  };
}

/** @throws {MlctlError} kind "notReady" if config.json may not call the database or the bucket that it names */
export function requireServers(trust: Trust): void {
  trust.require("database");
  trust.require("artifacts");
}

/** Keeps rows that `mlctl monitor` fetched from addresses. */
export const MONITORED_FOLDER = "monitordata";

/** Written by `mlctl init` for editors. */
const SCHEMA_FILE = "config.schema.json";

/**
 * Absolute paths that are not read where they lie below a folder of rows, as below ".": config.json and what mlctl writes.
 * @param other the setting of another folder that is not read either: test rows must not be trained on
 */
export function otherPlaces(
  { config, paths, configPath, configBases }: Pick<Workspace, "config" | "paths" | "configPath" | "configBases">,
  other?: "input_folder_path" | "test_data_path",
): string[] {
  const { workspace, datasets, models, production, database } = paths;
  const drops = isReadable(config.watch, "folder") ? [config.watch.folder] : [];
  const configured = other !== undefined && isReadable(config, other) ? [...drops, config[other]] : drops;
  return [
    configPath,
    ...configBases,
    resolve(workspace, SCHEMA_FILE),
    lockNotePath(database),
    datasets,
    models,
    production,
    ...[MONITORED_FOLDER, ...configured].map((path) => resolve(workspace, path)),
  ];
}
