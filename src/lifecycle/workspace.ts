/** An opened workspace (a folder with a config.json). Every step takes one. */
import { codeVersion } from "../config/codeVersion.ts";
import { configSha256 } from "../config/configSha256.ts";
import type { LoadedConfig } from "../config/loadConfig.ts";
import type { Config } from "../config/schema/schema.ts";
import type { Trust } from "../config/trust.ts";
import { workspaceOf } from "../config/workspaceOf.ts";
import type { Context } from "../core/context.ts";
import type { Json } from "../core/json.ts";
import type { KeptTables } from "./keptTables.ts";
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
  readonly codeVersion: string;
  readonly context: Context;
  /** Cache of tables; present when several steps run in one process. */
  readonly tables?: KeptTables;
}

/** Combines a loaded configuration with the caller's context. Touches no file. */
export function openWorkspace(loaded: LoadedConfig, context: Context): Workspace {
  const { workspace, datasets, models, production, database } = workspaceOf(loaded);
  return {
    config: loaded.config,
    recordedConfig: loaded.recordable,
    trust: loaded.trust,
    configSha256: () => configSha256(loaded.config),
    paths: { workspace, datasets, models, production, database },
    codeVersion: codeVersion(),
    context,
  };
}
