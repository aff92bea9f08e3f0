/** The dataset that a training learns from. */
import type { Dataset } from "../core/dataset.ts";
import { MlctlError } from "../core/errors.ts";
import type { Session } from "./session.ts";

/** @throws {MlctlError} kind "notReady" when nothing was ingested yet */
export function latestDataset({ config, context, store }: Session, stage: string): Dataset {
  const dataset = store.latestDataset(config.input_folder_path);
  if (dataset === undefined) {
    throw new MlctlError("notReady", `nothing was ingested from ${config.input_folder_path} yet`, {
      hint: "mlctl ingest",
    });
  }
  context.emit({ type: "stage", stage, message: `reading ${dataset.artifact.path} (${dataset.rows} rows)` });
  return dataset;
}
