/** Trains the models between two runs, each with data, settings and seed of one run or the other. */
import { configSha256, parseRecorded } from "../../config/configSha256.ts";
import { MlctlError, recover } from "../../core/errors.ts";
import type { Evaluation } from "../../core/metric.ts";
import type { Run } from "../../core/records/run.ts";
import type { Table } from "../../core/table/table.ts";
import { parseModel } from "../../storage/model/modelFile.ts";
import { costsOf } from "../settings.ts";
import { judge } from "../judge.ts";
import { datasetOf, retrain } from "./retrain.ts";
import type { Session } from "../session.ts";

export const factors = ["data", "settings", "seed"] as const;

/** "settings" means the configuration without the seed, and family, feature set and parameters of the run. */
export type Factor = (typeof factors)[number];

export interface SwappedModel {
  /** Factors taken from the second run; the others are from the first. */
  readonly fromSecond: ReadonlySet<Factor>;
  /** Evaluation on the common rows; null if the model could not be trained or cannot predict all of them. */
  readonly evaluation: Evaluation | null;
  readonly reason: string | null;
}

/** The factors in which the runs differ. */
export function differingFactors(a: Run, b: Run): Factor[] {
  const differs: Record<Factor, boolean> = {
    data: a.datasetSha256 !== b.datasetSha256,
    settings: settingsText(a) !== settingsText(b),
    seed: a.seed !== b.seed,
  };
  return factors.filter((factor) => differs[factor]);
}

function settingsText({ config: recorded, runId, family, featureSet, params }: Run): string {
  const config = parseRecorded(recorded);
  if (config === undefined) throw new MlctlError("data", `the configuration in the record of run ${runId} is damaged`);
  return JSON.stringify([configSha256({ ...config, train: { ...config.train, seed: 0 } }), family, featureSet, params]);
}

interface Request {
  readonly a: Run;
  readonly b: Run;
  readonly fromSecond: ReadonlySet<Factor>;
  /** The rows to evaluate on. */
  readonly table: Table;
}

/**
 * Trains and evaluates one combination. Returns a training error as `reason`: the settings may name a column that the
 * other run's data lacks.
 */
export async function swappedModel(session: Session, { a, b, fromSecond, table }: Request): Promise<SwappedModel> {
  const side = (factor: Factor): Run => (fromSecond.has(factor) ? b : a);
  const recipe = { run: side("settings"), dataset: datasetOf(session, side("data")), seed: side("seed").seed };
  const retrained = retrain(session, recipe).then((text) => {
    const judged = judge(parseModel(text, "the model trained again"), table, costsOf(session.config));
    if (judged.table.rowCount === table.rowCount) return { fromSecond, evaluation: judged.evaluation, reason: null };
    return { fromSecond, evaluation: null, reason: "its history does not reach all of the rows" };
  });
  return retrained.catch(
    recover(({ message, details }) => ({ fromSecond, evaluation: null, reason: [message, ...details].join("; ") })),
  );
}
