/** Finds the records that production, rollbacks, aliases, logged predictions and the next fullprocess need. */
import type { Dataset } from "../../core/records/dataset.ts";
import type { Deployment } from "../../core/records/deployment.ts";
import type { Run } from "../../core/records/run.ts";
import { openLogReader } from "../../storage/predictionLog/openLogReader.ts";
import type { Session } from "../session.ts";

export interface Needed {
  readonly trainIds: ReadonlySet<string>;
  /** Ids of the trainings whose reports are kept. */
  readonly reportStamps: readonly string[];
  /** @param goneRuns ids of the runs that will be deleted */
  isDatasetNeeded(dataset: Dataset, goneRuns: ReadonlySet<string>): boolean;
}

/** @param deployments the deployments whose releases are kept, newest first */
export async function neededBy(
  { store, paths, config, configSha256 }: Session,
  deployments: readonly Deployment[],
): Promise<Needed> {
  const runs = store.runs();
  const predicted = await openLogReader(paths).models();
  const datasets = store.datasets();
  const bySha256 = new Map(datasets.map(({ artifact, datasetId }) => [artifact.sha256, datasetId]));
  const ids = new Set(datasets.map(({ datasetId }) => datasetId));
  // By id; if that dataset is gone, one with the same content.
  const datasetOf = (id: string, sha256: string): string | undefined => (ids.has(id) ? id : bySha256.get(sha256));
  const newestDatasets = newestOfEachFolder(datasets);
  const newestHashes = new Set(newestDatasets.map(({ artifact }) => artifact.sha256));
  const runIds = new Set([
    // `mlctl deploy --rollback` and `mlctl lineage` need these.
    ...deployments.map(({ runId }) => runId),
    ...store.aliases().map(({ runId }) => runId),
    ...predicted.runIds,
  ]);
  let own: string | undefined;
  const isNeeded = (run: Run): boolean =>
    runIds.has(run.runId) ||
    run.note !== undefined ||
    (run.model !== null && predicted.sha256s.has(run.model.sha256)) ||
    // Otherwise the next fullprocess would train again on the same data.
    (newestHashes.has(run.datasetSha256) && run.configSha256 === (own ??= configSha256()));
  const needed = runs.filter(isNeeded);
  const newest = store.latestModelRun();
  const kept = newest === undefined ? needed : [...needed, newest];
  const deployed = deployments[0] === undefined ? undefined : store.run(deployments[0].runId);
  return {
    trainIds: new Set(kept.map(({ trainId }) => trainId)),
    reportStamps: [deployed, newest].flatMap((run) => run?.trainId ?? []),
    isDatasetNeeded({ datasetId }, goneRuns) {
      if (newestDatasets.some((dataset) => dataset.datasetId === datasetId)) return true;
      if (config.monitor.reference === datasetId) return true;
      const remaining = runs.filter(({ runId }) => !goneRuns.has(runId));
      const lost = deployments.filter(({ runId }) => store.run(runId) === undefined);
      return (
        remaining.some((run) => datasetOf(run.datasetId, run.datasetSha256) === datasetId) ||
        lost.some(({ datasetSha256 }) => datasetOf("", datasetSha256) === datasetId)
      );
    },
  };
}

/**
 * The newest dataset of each input folder. It is always needed: it lists the known files, and rows of removed files exist
 * only there. @param datasets newest first
 */
function newestOfEachFolder(datasets: readonly Dataset[]): Dataset[] {
  const newest = new Map<string, Dataset>();
  for (const dataset of datasets) if (!newest.has(dataset.inputFolder)) newest.set(dataset.inputFolder, dataset);
  return [...newest.values()];
}
