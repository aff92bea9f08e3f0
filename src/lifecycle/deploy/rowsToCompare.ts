/** The rows that decide between champion and challenger: none that either was trained on, and rows newer than the test rows. */
import { parseRecorded } from "../../config/configSha256.ts";
import { recover } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import { selectRows, type Table } from "../../core/table/table.ts";
import { listed } from "../../core/text/format.ts";
import { fitOn } from "../../pipeline/fit/fitCandidate.ts";
import { MIN_ROWS } from "../../pipeline/judge/compareEvaluations.ts";
import type { NewerRows } from "../../pipeline/judge/promotion.ts";
import { firstCopies, rowsWithout } from "../../pipeline/leakage/splitDuplicates.ts";
import { judgePair } from "../compare/retrain.ts";
import { readableDataset } from "../datasets.ts";
import type { LoadedModel } from "../loadModel.ts";
import { ranksOf } from "../ranks/ranksOf.ts";
import { isScoredOn } from "../score/recordScore.ts";
import { knownTestRows, trainedRows, unknownCopies, type KnownRows } from "../score/scoreWarnings.ts";
import type { Session } from "../session.ts";
import { candidateOf } from "../train/configuredCandidates.ts";
import type { TestData } from "../testData.ts";
import { isAnyLater, laterRows } from "../train/inspectData.ts";
import { prepareData, type PreparedData } from "../train/trainingData.ts";

type Rivals = Readonly<Record<"champion" | "challenger", LoadedModel>>;

/** @returns positions of the test rows that are no copies of rows that a model was trained on, and why some may be */
export async function unknownTestRows(
  session: Session,
  models: Pick<Rivals, "challenger"> | Rivals,
  { table: test, files }: TestData,
): Promise<{ rows: Int32Array; notes: string[] }> {
  // The training rows are read only if score found copies among them, or saw other test rows.
  const isClean = ({ run }: LoadedModel): boolean => run?.score?.copiedRows === 0 && isScoredOn(run, { files });
  const known = [];
  const notes = [];
  for (const model of Object.values<LoadedModel>(models).filter((each) => !isClean(each))) {
    const found = await knownTestRows(session, model, test);
    if (found === undefined) notes.push(...unknownCopies(model.run));
    known.push(found);
  }
  const copies = new Set(known.flatMap((each) => [...(each?.training ?? [])]));
  const all = Int32Array.from({ length: test.rowCount }, (_, row) => row);
  const left = all.filter((row) => !copies.has(row));
  if (left.length >= Math.max(MIN_ROWS, copies.size)) return { rows: left, notes };
  const repeats = known.some((each) => each && copies.size <= 2 * shareOfRepeats(each) * all.length);
  return { rows: repeats ? all : left, notes };
}

/**
 * Of a few categories every row occurs again, so copies are no leak. The chance that a row repeats an earlier one grows
 * ever more slowly with their number, so that of the last one is at most twice this share.
 */
function shareOfRepeats({ ingested, names }: KnownRows): number {
  const first = firstCopies({ ...ingested, columns: ingested.columns.filter(({ name }) => names.includes(name)) });
  return first.filter((original, row) => original < row).length / ingested.rowCount;
}

/**
 * Of the rows that the champion was not trained on. A challenger that was fitted again on all rows knows them, so it is
 * fitted without the later half of them.
 * @returns undefined if the rows have no time, or the test rows are as new
 */
export async function newerRows(session: Session, rivals: Rivals, test: Table): Promise<NewerRows | undefined> {
  const run = rivals.challenger.run!;
  const time = session.config.time_column;
  const dataset = session.store.dataset(run.datasetId);
  const hasTime = time !== null || dataset?.columns.some(({ type }) => /^(DATE|TIMESTAMP)/.test(type));
  const ingested = hasTime ? await readableDataset(session, dataset) : undefined;
  // Most often none is newer, and to prepare the data of both models takes most of the time.
  if (ingested === undefined || !isAnyLater(test, ingested, time)) return undefined;
  const config = parseRecorded(run.config);
  const data = config && (await prepareData({ ...session, config }, dataset!).catch(recover(() => undefined)));
  if (!data) return undefined;
  const { table } = data.toSelectOn;
  const known = await trainedRows(session, rivals.champion.run);
  const since = known === undefined ? new Int32Array(0) : rowsWithout(table, known);
  const found = laterRows(test, since.length === 0 ? table : selectRows(table, since), time);
  if (found === undefined) return undefined;
  const { later, times, column, last } = found;
  const validation = new Set(data.split.validation);
  // Files may be sorted, so of rows of one time some are drawn.
  const drawn = random(run.seed).shuffle(later.slice());
  const inTime = drawn.toSorted((a, b) => times[a]! - times[b]!);
  const held =
    run.refitRows === undefined
      ? later.map((row) => since[row]!).filter((row) => validation.has(row))
      : inTime.slice(later.length / 2).map((row) => since[row]!);
  // Nothing came since, or what the champion was trained on is gone.
  const unknown = known === undefined ? null : since.length === 0 ? 0 : held.length;
  const few = { when: `later in "${column}" than the last test row (${last})`, rows: later.length, unknown };
  if (unknown === null || unknown < MIN_ROWS) return few;
  const fitted = run.refitRows === undefined ? rivals.challenger.model : fitWithout(session, rivals, data, held);
  return Promise.resolve(fitted)
    .then((model) => judgePair(session, rivals.champion.model, model, selectRows(table, held.toSorted())))
    .then(({ a, b }) => ({ ...few, pair: [a.evaluation, b.evaluation] as const }))
    .catch(
      recover(() => {
        session.context.signal.throwIfAborted();
        return few;
      }),
    );
}

/** The challenger, fitted without some rows: with the same parameters, threshold and calibration. */
async function fitWithout(session: Session, { challenger }: Rivals, data: PreparedData, held: Int32Array) {
  const { family, featureSet, metric, seed } = challenger.run!;
  const { signal, emit } = session.context;
  const message = `fitting ${family} without ${held.length} new rows, to compare both models on them`;
  emit({ type: "stage", stage: "deploy", message });
  const isHeld = new Set(held);
  const rows = Int32Array.from(data.y.keys()).filter((row) => !isHeld.has(row));
  const { params } = challenger.model.estimator;
  const candidate = candidateOf(data.config, { family, params, featureSet, metric, seed });
  return { ...challenger.model, ...(await fitOn(candidate, { data, rows }, { signal, ranks: ranksOf(session) })) };
}

/** Why rows that are newer than the test rows were not looked for. */
export function unknownTime({ config, store }: Session, { run }: LoadedModel): string[] {
  const columns = store.dataset(run?.datasetId ?? "")?.columns ?? [];
  const dates = columns.filter(({ type }) => /^(DATE|TIMESTAMP)/.test(type)).map(({ name }) => JSON.stringify(name));
  if (config.time_column !== null || dates.length < 2) return [];
  return [`whether rows are newer than the test rows is not known: set "time_column" to one of ${listed(dates)}`];
}
