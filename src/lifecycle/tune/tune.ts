/** tune: searches hyperparameters on folds of the training rows, then trains with the best ones. */
import { availableParallelism } from "node:os";
import { MlctlError } from "../../core/errors.ts";
import type { Dataset } from "../../core/records/lineage.ts";
import { counted } from "../../core/text/format.ts";
import type { Candidate } from "../../pipeline/fit/candidateFeatures.ts";
import type { TrainingData } from "../../pipeline/fit/splitRows.ts";
import { foldJudge } from "../../pipeline/search/foldJudge.ts";
import { lossFor, searchBatches, type Trial } from "../../pipeline/search/race.ts";
import { takeTurns } from "../../pipeline/search/takeTurns.ts";
import { trialPool, type TrialTask } from "../../pipeline/search/trialPool.ts";
import { inspectData } from "../train/inspectData.ts";
import { latestDataset } from "../datasets.ts";
import { recordTraining } from "../train/recordTraining.ts";
import type { Session } from "../session.ts";
import { chosenBy } from "../train/automaticSettings.ts";
import { trainCandidates } from "../train/trainCandidates.ts";
import { prepareData, type PreparedData } from "../train/trainingData.ts";
import { sharedPool } from "../workers/sharedPool.ts";
import { rememberedTrials } from "./tuneMemory.ts";
import {
  bestFirst,
  bestOf,
  bestOfModels,
  isBetter,
  keptNote,
  sessionAsWritten,
  tuneProgress,
  writeParams,
  type SearchResult,
  type SearchSummary,
} from "./tuneResult.ts";
import { plannedSearches, tuningFolds, type PlannedSearch, type SearchOverrides } from "./tuneSearches.ts";

export interface TuneOptions extends SearchOverrides {
  /** Number of threads; defaults to the number of cores. */
  readonly workers?: number | undefined;
  readonly fresh?: boolean;
  /** Where to write config.json with the best parameters; may be config.json itself. */
  readonly write?: string | null;
}

export async function planTune(given: Session, options: TuneOptions) {
  const dataset = latestDataset(given, "tune");
  const data = await prepareData(given, dataset);
  const { searches } = plannedSearches(chosenBy(given, data), { dataset, data, overrides: options });
  const summaries = searches.map(summaryOf);
  const sum = (key: "trials" | "fits"): number => summaries.reduce((total, each) => total + each[key], 0);
  return { dryRun: true as const, searches: summaries, trials: sum("trials"), fits: sum("fits") };
}

export type TunePlan = Awaited<ReturnType<typeof planTune>>;

/**
 * The validation rows evaluate the chosen models once; they do not influence the choice.
 * @returns `written`: path of the config.json with the best parameters; null if not asked for, or if none are better
 * @throws {MlctlError} kind "notReady" if nothing has been ingested yet, "usage" if no model has a search, "interrupted"
 *   with the best trial so far: the same call continues from there
 */
export async function tune(given: Session, options: TuneOptions) {
  const until = performance.now() + (options.time ?? Infinity);
  const dataset = latestDataset(given, "tune");
  const prepared = await prepareData(given, dataset);
  const session = chosenBy(given, prepared);
  const { searches, candidates } = plannedSearches(session, { dataset, data: prepared, overrides: options });
  // The leaderboard is ranked on folds too: those of train.selection, or else those of the search.
  const selection = prepared.selection ?? tuningFolds(session, prepared, searches[0]!.plan.folds);
  if (options.time !== undefined) {
    const after = afterwards(session, { dataset, models: candidates.length, folds: selection.folds.length });
    session.context.emit({ type: "stage", stage: "tune", message: after });
  }
  const { greaterIsBetter } = searches[0]!.plan;
  const lossOf = lossFor(greaterIsBetter);
  const { completed, notes } = await searchAll(session, { searches, dataset, data: prepared, options, until, lossOf });
  const results = completed.map(({ result }) => result);
  const data = {
    ...prepared,
    // The search has its own number of trials.
    config: { ...prepared.config, train: { ...prepared.config.train, time: null } },
    selection,
  };
  const tuned = candidates.map(({ candidate, model }): Candidate => {
    const found = results.find((each) => each.model === model && each.featureSet === candidate.featureSet);
    const params = found && isBetter(found, lossOf) ? found.best.params : {};
    return { ...candidate, params: { ...candidate.params, ...params } };
  });
  const [{ ranked }, suspicions] = await Promise.all([
    trainCandidates(session, data, tuned),
    inspectData(session, data),
  ]);
  const ordered = bestFirst(results, lossOf);
  const found = bestOfModels(ordered, lossOf);
  const better = found.filter((each) => isBetter(each, lossOf));
  const write = better.length === 0 ? null : (options.write ?? null);
  const recording = write === given.configPath ? sessionAsWritten(given, { prepared, better, tuned }) : undefined;
  const { configSha256 } = recording ?? given;
  const training = { dataset, data, ranked, suspicions, configSha256: configSha256() };
  const result = await recordTraining(recording ?? session, training);
  const { trainId } = session.store.run(result.runId)!;
  for (const { trials, result: own, memory } of completed) {
    await memory.record({ trainId, trials, bestTrial: own.best.trial });
  }
  const { model, family, featureSet, best } = ordered[0]!;
  if (write !== null) writeParams(given, better, { chosen: session.config, to: write });
  return {
    ...result,
    notes: [...result.notes, ...notes, ...found.filter((each) => !better.includes(each)).map(keptNote)],
    trials: results.reduce((total, { trials }) => total + trials, 0),
    searches: results,
    greaterIsBetter,
    best: { model, family, featureSet, ...best },
    written: write,
  };
}

export type TuneResult = Awaited<ReturnType<typeof tune>>;

/** What follows a search that ends with a time. How long, from the last training on the same dataset. */
function afterwards(
  { store }: Session,
  { dataset, models, folds }: { readonly dataset: Dataset; readonly models: number; readonly folds: number },
): string {
  const [last] = store.runs({ datasetSha256: dataset.artifact.sha256, status: "FINISHED", withModel: true, limit: 1 });
  const runs = last === undefined ? [] : store.runsOfTraining(last.trainId);
  // The fits of the folds, on the training part, and on all rows.
  const seconds = runs.reduce((sum, run) => sum + (run.seconds / ((run.selection?.folds ?? 0) + 1)) * (folds + 2), 0);
  const long = last === undefined ? "" : `, about ${Math.ceil(seconds)} s`;
  const are = models === 1 ? "is" : "are";
  return `when the time is up, ${counted(models, "model")} ${are} trained and compared on ${folds} folds${long}`;
}

/** In milliseconds, of setTimeout: 24 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

interface Searching {
  readonly searches: readonly PlannedSearch[];
  readonly dataset: Dataset;
  readonly data: PreparedData;
  readonly options: TuneOptions;
  /** As performance.now() */
  readonly until: number;
  readonly lossOf: ReturnType<typeof lossFor>;
}

async function searchAll(given: Session, { searches, dataset, data, options, until, lossOf }: Searching) {
  const { time } = options;
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), Math.min(until - performance.now(), LONGEST_TIMER));
  const signal = AbortSignal.any([given.context.signal, end.signal]);
  const isTimeUp = (): boolean => end.signal.aborted && !given.context.signal.aborted;
  const session = { ...given, context: { ...given.context, signal } };
  // Sent to threads, so it holds nothing else.
  const { inputs, y, target, history, times, groups, dataRows } = data;
  const all = { inputs, y, target, history, times, groups, dataRows } satisfies Record<keyof TrainingData, unknown>;
  const work = { data: all, subjects: searches.map(({ subject }) => subject) };
  // More threads than fits of one search would be idle.
  const threads = Math.min(options.workers ?? availableParallelism(), Math.max(...searches.map(({ fits }) => fits)));
  const pool = sharedPool(session, {
    work: { kind: "search", work },
    local: trialPool(work, { workers: threads, signal }),
    threads,
    post(task: TrialTask) {
      const { subject, fold } = task;
      const { family } = searches[subject]!.subject.candidate;
      return { title: `${family}, ${fold === null ? "length" : `fold ${fold + 1}`}`, task };
    },
  });
  const progress = tuneProgress(session.context, searches, {
    lossOf,
    hasEnd: time === undefined,
    helpers: pool.helpers,
  });
  const searched = { dataset, task: target.task, fresh: options.fresh ?? false, hasEnd: time === undefined };
  const started = searches.map((search, position) => {
    const memory = rememberedTrials(session, search, searched);
    const judgePoints = foldJudge(pool, { data, subject: search.subject, position });
    const ended = new Map<number, Trial>();
    const onTrial = (trial: Trial): void => {
      ended.set(trial.number, trial);
      if (memory.known.get(trial.number) !== trial) memory.add(trial);
      progress.trial(search, trial);
    };
    const hooks = { known: memory.known, isOpen: time !== undefined, onTrial };
    const configured: { value?: number | null } = {};
    async function* batches() {
      // Without it, no trial is known to be better.
      const judging = judgePoints([{ number: -1, params: {} }], search.plan.folds, (_, { steps }) => {
        configured.value = steps.at(-1) ?? null;
      });
      judging.catch(() => undefined);
      for await (const trials of searchBatches(search.plan, judgePoints, hooks)) {
        await judging;
        yield trials;
      }
    }
    return { search, memory, ended, configured, batches: batches() };
  });
  const resultOf = ({ search, memory, ended, configured }: (typeof started)[number]) => {
    const trials = [...ended.values()].toSorted((a, b) => a.number - b.number);
    const isCut = isTimeUp() && (configured.value === undefined || !trials.some(({ status }) => status !== "pruned"));
    if (isCut) return undefined;
    const best = bestOf(search, trials, lossOf);
    const count = (status: Trial["status"]): number => trials.filter((trial) => trial.status === status).length;
    const reused = trials.filter((trial) => memory.known.get(trial.number) === trial).length;
    const counts = { trials: trials.length, reused, pruned: count("pruned"), failed: count("failed") };
    const fits = time === undefined ? search.fits : trials.reduce((sum, { steps }) => sum + steps.length, 0);
    const result: SearchResult = { ...summaryOf(search), fits, ...counts, best, configured: configured.value ?? null };
    return { search, trials, memory, result };
  };
  try {
    const racing = started.map(({ batches }) => batches);
    await takeTurns(racing, { lossOf, isTimeUp }).catch((error: unknown) => {
      if (!isTimeUp()) throw error;
    });
    const completed = started.flatMap((each) => resultOf(each) ?? []);
    const cut = searches.filter((search) => completed.every((each) => each.search !== search));
    const families = [...new Set(cut.map(({ subject }) => subject.candidate.family))].join(", ");
    if (completed.length === 0) {
      throw new MlctlError("usage", `no trial of ${families} finished within --time`, {
        hint: "give it more: finished trials are saved, so the next call continues",
      });
    }
    const note =
      cut.length === 0 ? [] : [`${families}: no trial finished within --time, so the configured parameters stay`];
    return { completed, notes: [...pool.note(), ...note] };
  } catch (error) {
    throw given.context.signal.aborted ? progress.interrupted(error) : error;
  } finally {
    clearTimeout(timer);
    await pool.close();
  }
}

function summaryOf({ model, plan, subject, foldMethod, trials, fits }: PlannedSearch): SearchSummary {
  const { family, featureSet } = subject.candidate;
  return { model, family, featureSet, method: plan.method, folds: plan.folds, foldMethod, trials, fits };
}
