/** Workspace: a folder with a config.json, opened; what every step is given. */
import { resolve } from "node:path";
import type { Config } from "../config/schema.ts";
import type { Context } from "../core/context.ts";
import type { Json } from "../core/json.ts";
import type { WorkspacePaths } from "../storage/workspacePaths.ts";

export interface Workspace {
  readonly config: Config;
  /** As it is recorded with a run: secrets left out. */
  readonly recordedConfig: Json;
  /** Hash of what of the configuration decides a model. */
  readonly configSha256: string;
  readonly paths: WorkspacePaths;
  readonly codeVersion: string;
  readonly context: Context;
}

/** Where the parts of a workspace lie, from its folder and its configuration. */
export function workspacePaths(directory: string, config: Config): WorkspacePaths {
  return {
    workspace: directory,
    datasets: resolve(directory, config.output_folder_path),
    models: resolve(directory, config.output_model_path),
    production: resolve(directory, config.prod_deployment_path),
    database: resolve(directory, config.database),
  };
}
