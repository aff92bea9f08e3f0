/** Resolves the folders and files of config.json to absolute paths. */
import { hostname } from "node:os";
import { resolve } from "node:path";
import { bucketAddress, type BucketAddress } from "../core/text/bucketAddress.ts";
import { databaseAddress, type DatabaseAddress } from "../core/databaseAddress.ts";
import type { LoadedConfig } from "./loadConfig.ts";

export interface ConfiguredPaths {
  readonly workspace: string;
  readonly input: string;
  readonly datasets: string;
  readonly testData: string;
  readonly models: string;
  readonly production: string;
  /** Where the prediction log is. */
  readonly database: string;
  readonly index: string;
  /** The Postgres database that has the records; undefined: they are files. */
  readonly shared: DatabaseAddress | undefined;
  /** The bucket that has the artifacts; undefined: they are in the folders only. */
  readonly bucket: BucketAddress | undefined;
  readonly drops: string;
}

export const DATABASE = "mlctl.db";

/** Paths in config.json are relative to its folder, not to the current directory. */
export function workspaceOf({ config, directory }: Pick<LoadedConfig, "config" | "directory">): ConfiguredPaths {
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
    database,
    index: shared === undefined ? database : resolve(directory, `mlctl.${hostname().replaceAll(/[^\w-]+/g, "_")}.db`),
    shared,
    bucket: config.artifacts === null ? undefined : bucketAddress(config.artifacts),
    get drops() {
      return resolve(directory, config.watch.folder);
    },
  };
}
