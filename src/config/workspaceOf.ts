/** Resolves the folders and files of config.json to absolute paths. */
import { resolve } from "node:path";
import type { LoadedConfig } from "./loadConfig.ts";

/** All absolute. */
export interface ConfiguredPaths {
  /** The folder of config.json. */
  readonly workspace: string;
  readonly input: string;
  readonly datasets: string;
  /** A file or a folder. */
  readonly testData: string;
  readonly models: string;
  readonly production: string;
  readonly database: string;
  /** watch.folder */
  readonly drops: string;
}

/** Paths in config.json are relative to its folder, not to the current directory. */
export function workspaceOf({ config, directory }: Pick<LoadedConfig, "config" | "directory">): ConfiguredPaths {
  return {
    workspace: directory,
    // Getters, because a variable in a path that the command does not need may not be set.
    get input() {
      return resolve(directory, config.input_folder_path);
    },
    datasets: resolve(directory, config.output_folder_path),
    get testData() {
      return resolve(directory, config.test_data_path);
    },
    models: resolve(directory, config.output_model_path),
    production: resolve(directory, config.prod_deployment_path),
    database: resolve(directory, config.database),
    get drops() {
      return resolve(directory, config.watch.folder);
    },
  };
}
