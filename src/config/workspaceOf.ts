/** Resolves the folders and files of config.json to absolute paths. */
import { hostname } from "node:os";
import { resolve } from "node:path";
import { bucketAddress } from "../core/text/bucketAddress.ts";
import { databaseAddress } from "../core/databaseAddress.ts";
import type { LoadedConfig } from "./loadConfig.ts";

export type ConfiguredPaths = ReturnType<typeof workspaceOf>;

export const DATABASE = "mlctl.db";

/** Paths in config.json are relative to its folder, not to the current directory. */
export function workspaceOf({ config, directory }: Pick<LoadedConfig, "config" | "directory">) {
  const shared = databaseAddress(config.database);
  const database = resolve(directory, shared === undefined ? config.database : DATABASE);
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
    /** Where the prediction log is. */
    database,
    index: shared === undefined ? database : resolve(directory, `mlctl.${hostname().replaceAll(/[^\w-]+/g, "_")}.db`),
    /** The Postgres database that has the records; undefined: they are files. */
    shared,
    /** The bucket that has the artifacts; undefined: they are in the folders only. */
    bucket: config.artifacts === null ? undefined : bucketAddress(config.artifacts),
    get drops() {
      return resolve(directory, config.watch.folder);
    },
  };
}
