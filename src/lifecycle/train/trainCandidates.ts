/** Fits every configured model, more of them while there is time (`train.time`), and their ensemble; ranks them. */
import { MlctlError } from "../../core/errors.ts";
import { selectValues } from "../../core/table/table.ts";
import { listed, milliseconds } from "../../core/text/format.ts";
import { isBaseline } from "../../estimators/findEstimator.ts";
import { portfolio, type DefaultModel } from "../../estimators/defaultModels.ts";
import { findTransform } from "../../features/index.ts";
import { composeEnsemble, blended, selectEnsemble } from "../../pipeline/fit/selectEnsemble.ts";
import { refit, severalFits, type Candidate } from "../../pipeline/fit/fitCandidate.ts";
import { concatenated } from "../../stats/samplePositions.ts";
import { ranksOf } from "../ranks/ranksOf.ts";
import { decidingMetric } from "../settings.ts";
import type { Workspace } from "../workspace.ts";
import { configuredCandidates } from "./configuredCandidates.ts";
import { rank } from "./leaderboard.ts";
import type { PreparedData } from "./trainingData.ts";
import { judged, resultOf, trainOne, type TrainedCandidate } from "./trainOne.ts";

/** What `train.time` added. */
export interface More {
  /** The best of them, in the order in which they were trained. */
  readonly added: readonly TrainedCandidate[];
  readonly tried: number;
}

/** `train.time` fits the best first, and of the others only what is new. */
export interface Earlier {
  readonly best: readonly DefaultModel[];
  readonly others: readonly DefaultModel[];
}

/**
 * Returns the candidates best first. A candidate that cannot be fitted on this data causes a warning and ranks last.
 * @param earlier of the last training
 * @returns `isInterrupted` if Ctrl-C ended `train.time`
 * @throws {MlctlError} the first candidate's error if all fail; kind "usage" for errors in the configuration
 */
export async function trainCandidates(
  workspace: Workspace,
  data: PreparedData,
  candidates = configuredCandidates(workspace, data.target.task).map(({ candidate }): Candidate => candidate),
  earlier: Earlier = { best: [], others: [] },
): Promise<{ ranked: readonly TrainedCandidate[]; more: More | undefined; isInterrupted: boolean }> {
  const started = performance.now();
  const { context } = workspace;
  const { time } = data.config.train;
  const metric = decidingMetric(workspace.config, data.target.task);
  const trained: TrainedCandidate[] = [];
  // Ctrl-C, once there is a model, ends the training of further ones instead of the command.
  const interruption = new AbortController();
  const release =
    time === null
      ? undefined
      : context.onceInterrupted?.(() => {
          if (trained.some(({ fitted, family }) => fitted !== undefined && !isBaseline(family))) interruption.abort();
          return interruption.signal.aborted;
        });
  const own = { ...workspace, context: { ...context, signal: AbortSignal.any([context.signal, interruption.signal]) } };
  let more: More | undefined = time === null ? undefined : { added: [], tried: 0 };
  try {
    let stage = "train";
    const total = candidates.length;
    const onProgress = (done: number): void => {
      const note = workspace.helpers?.();
      context.emit({ type: "progress", stage, done: done * total, total, unit: "models", ...(note && { note }) });
    };
    // One after the other; all at once where workers may help.
    await severalFits(
      [...candidates.entries()],
      { onProgress, share: own.share?.() },
      {
        cells: Infinity,
        async work([index, candidate], hooks) {
          const emit = (share: number): void => {
            stage = `train ${candidate.family}`;
            hooks.onProgress?.(share);
          };
          trained[index] = await trainOne(own, { candidate, data, emit });
        },
      },
    );
    warnOfFailed(own, trained);
    if (time !== null) more = await trainMore(own, data, { trained, earlier, until: started + milliseconds(time) });
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
  } finally {
    release?.();
  }
  // Without those that Ctrl-C ended.
  const all = [...Object.values(trained), ...(more?.added ?? [])];
  const ranked = rank(await withEnsemble(data, all), metric, data.target.task);
  if (ranked[0]?.error !== undefined) throw ranked[0].error;
  return { ranked, more, isInterrupted: interruption.signal.aborted };
}

/** One warning for all that failed for the same reason. */
function warnOfFailed({ context }: Workspace, trained: readonly TrainedCandidate[]): void {
  const failed = trained.flatMap(({ family, error }) =>
    error === undefined ? [] : [{ family, reason: error.message }],
  );
  for (const [reason, some] of Map.groupBy(failed, (each) => each.reason)) {
    const families = [...new Set(some.map(({ family }) => family))];
    context.emit({ type: "warning", stage: "train", message: `${listed(families)} could not be fitted: ${reason}` });
  }
}

/** The model to keep: fitted again on all rows, if `train.refit` says so. */
export async function finalModel(workspace: Workspace, data: PreparedData, trained: TrainedCandidate) {
  if (data.config.train.refit !== true || trained.fitted === undefined) return trained;
  const progress = { type: "progress", stage: `refit ${trained.family}`, total: 1, unit: "models" } as const;
  const { emit, signal } = workspace.context;
  const onProgress = (done: number): void => emit({ ...progress, done });
  const hooks = { signal, onProgress, ranks: ranksOf(workspace), share: workspace.share?.() };
  const final = await refit(trained.candidate, trained.fitted, data, hooks);
  onProgress(1);
  return { ...trained, final };
}

interface Before {
  readonly trained: readonly TrainedCandidate[];
  readonly earlier: Earlier;
}

/** Seconds to fit the members of an ensemble again count as much as those of this number of its models. */
const REFIT_MODELS = 5;
/** After this number of models in a row that would take too long, none will fit. */
const MOST_SKIPPED = 12;
/** More are not recorded: small data has time for hundreds, most of them alike. */
const MOST_KEPT = 25;

/** Trains models of the portfolio until the time is up, with what fitting the best again will take left over. */
async function trainMore(
  workspace: Workspace,
  data: PreparedData,
  { trained, earlier, until }: Before & { readonly until: number },
): Promise<More> {
  const { context } = workspace;
  const { task } = data.target;
  const { metric } = trained[0]!.candidate;
  const fits = (data.selection?.folds.length ?? 0) + 1;
  const started = performance.now();
  const slowest = new Map<string, number>();
  const timed = ({ family, seconds }: TrainedCandidate): void =>
    void slowest.set(family, Math.max(seconds, slowest.get(family) ?? 0));
  trained.forEach(timed);
  let added: TrainedCandidate[] = [];
  let [tried, skipped] = [0, 0];
  const failed = new Set<string>();
  // Nobody asked for this family: what was trained so far is not lost for it.
  const giveUp = ({ family }: Candidate, error: MlctlError): void => {
    const message = `no more models of ${family} are tried: ${error.message}`;
    context.emit({ type: "warning", stage: "train", message });
    failed.add(family);
  };
  for (const candidate of furtherCandidates(workspace, data, { trained, earlier })) {
    if (skipped === MOST_SKIPPED || context.signal.aborted) break;
    const refits = [...trained, ...added].map(({ seconds }) => seconds / fits).toSorted((a, b) => b - a);
    const refitting = refits.slice(0, REFIT_MODELS).reduce((sum, seconds) => sum + seconds, 0);
    const expected = slowest.get(candidate.family) ?? Math.max(...slowest.values());
    if (failed.has(candidate.family) || performance.now() + (expected + refitting) * 1000 > until) {
      skipped++;
      continue;
    }
    skipped = 0;
    const stage = `train ${candidate.family}, best so far ${rank([...trained, ...added], metric, task)[0]!.family}`;
    const [done, total] = [(performance.now() - started) / 1000, (until - started) / 1000];
    const emit = (): void => context.emit({ type: "progress", stage, done, total, unit: "s" });
    const one = await trainOne(workspace, { candidate, data, emit }).catch((error: unknown) => {
      if (context.signal.aborted) return undefined;
      if (!(error instanceof MlctlError)) throw error;
      return void giveUp(candidate, error);
    });
    if (one?.error !== undefined) giveUp(candidate, one.error);
    if (one === undefined || one.error !== undefined) continue;
    timed(one);
    tried++;
    const isKept = new Set(rank([...added, one], metric, task).slice(0, MOST_KEPT));
    added = [...added, one].filter((each) => isKept.has(each));
  }
  return { added, tried };
}

function keyOf({ family, params }: Pick<Candidate, "family" | "params">): string {
  return JSON.stringify([family, params]);
}

function* furtherCandidates(workspace: Workspace, { target, config }: PreparedData, { trained, earlier }: Before) {
  const boosting = trained.find(({ candidate }) => candidate.params["learning_rate"] !== undefined)?.candidate.params;
  const base = (boosting ?? {}) as Record<string, string | number>;
  const done = new Set(trained.map(({ candidate }) => keyOf(candidate)));
  const known = new Set(trained.map(({ family }) => family));
  function* models(): Generator<DefaultModel> {
    yield* earlier.best.filter(({ family }) => known.has(family));
    for (const { family, params } of earlier.others) done.add(keyOf({ family, params }));
    yield* portfolio(target.task, base, config.train.seed);
  }
  for (const model of models()) {
    if (done.has(keyOf(model))) continue;
    done.add(keyOf(model));
    const train = { ...workspace.config.train, models: [{ ...model, search: undefined }] };
    const own = { ...workspace, config: { ...workspace.config, train } };
    for (const { candidate } of configuredCandidates(own, target.task)) yield candidate;
  }
}

/** Adds the weighted mean of the models, if it is better than each of them; see selectEnsemble. */
async function withEnsemble(data: PreparedData, trained: readonly TrainedCandidate[]) {
  const start = performance.now();
  const { y, target } = data;
  const library = trained.flatMap((each) => {
    const { candidate, fitted, unseen } = each;
    if (fitted === undefined || unseen === undefined || isBaseline(each.family)) return [];
    // The history of look-back features is kept for one model.
    if (fitted.transforms.some(({ type }) => findTransform(type)?.looksBack !== undefined)) return [];
    if (!unseen.every(({ raw }) => raw.every(Number.isFinite))) return [];
    // Not `degenerate`: predictions that are alike at one threshold would make the model depend on the threshold.
    const width = target.task === "multiclass" ? target.classes!.length : 1;
    if (unseen.every(({ raw }) => raw.every((value, i) => value === raw[i % width]))) return [];
    return [{ each, candidate, fitted, unseen }];
  });
  if (data.config.train.ensemble !== true || library.length < 2) return trained;
  // A member is recorded by family and parameters.
  if (new Set(library.map(({ candidate }) => candidate.featureSet)).size > 1) return trained;
  const common = { task: target.task, classCount: target.classes?.length ?? 0 };
  const parts = library[0]!.unseen.map(({ rows }, i) => ({
    rows,
    predictions: library.map(({ unseen }) => unseen[i]!.raw),
  }));
  const weights = selectEnsemble({
    ...common,
    y: concatenated(parts.map(({ rows }) => selectValues(y, rows))),
    predictions: library.map((_, i) => concatenated(parts.map(({ predictions }) => predictions[i]!))),
  });
  if (weights === undefined) return trained;
  const members = library.flatMap(({ fitted }, i) => (weights[i]! > 0 ? [{ ...fitted, weight: weights[i]! }] : []));
  const fitted = composeEnsemble(members);
  const { family, params } = fitted.estimator;
  const candidate = { ...library[0]!.candidate, family, params };
  const unseen = parts.map(({ rows, predictions }) => ({ rows, raw: blended({ ...common, predictions }, weights) }));
  const result = resultOf(await judged(candidate, data, { fitted, onFolds: unseen }), data);
  const weightOf = new Map(library.map(({ each }, i) => [each, weights[i]!]));
  return [
    ...trained.map((each) => ({ ...each, weight: weightOf.get(each) })),
    { candidate, family, ...result, seconds: (performance.now() - start) / 1000 },
  ];
}
