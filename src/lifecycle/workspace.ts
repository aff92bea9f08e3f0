/** Workspace: a folder with a config.json, opened; what every step is given. */
import { codeVersion } from "../config/codeVersion.ts";
import { configSha256 } from "../config/configSha256.ts";
import type { LoadedConfig } from "../config/loadConfig.ts";
import type { Config } from "../config/schema/schema.ts";
import { workspaceOf } from "../config/workspaceOf.ts";
import type { Context } from "../core/context.ts";
import type { Json } from "../core/json.ts";
import type { KeptTables } from "./keptTables.ts";
import type { WorkspacePaths } from "../storage/files/workspacePaths.ts";

export interface Workspace {
  readonly config: Config;
  /** As it is recorded with a run: secrets left out. */
  readonly recordedConfig: Json;
  /** Hash of what of the configuration decides a model. */
  readonly configSha256: string;
  readonly paths: WorkspacePaths;
  readonly codeVersion: string;
  readonly context: Context;
  /** Where several steps follow each other. */
  readonly tables?: KeptTables;
}

/** Puts a loaded configuration and the caller's context together; touches no file. */
export function openWorkspace(loaded: LoadedConfig, context: Context): Workspace {
  const { workspace, datasets, models, production, database } = workspaceOf(loaded);
  return {
    config: loaded.config,
    recordedConfig: loaded.recordable,
    configSha256: configSha256(loaded.config),
    paths: { workspace, datasets, models, production, database },
    codeVersion: codeVersion(),
    context,
  };
}
