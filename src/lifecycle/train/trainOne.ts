/** Fits and evaluates one candidate. */
import { MlctlError, recover } from "../../core/errors.ts";
import type { Selection } from "../../core/records/lineage.ts";
import { computeMetrics } from "../../metrics/findMetric.ts";
import {
  crossValidate,
  crossValidated,
  eachFold,
  decisionOn,
  evaluationOf,
  predictUnseen,
  rawPredictions,
  type CrossValidation,
  type Unseen,
} from "../../pipeline/fit/crossValidate.ts";
import { degenerate } from "../../pipeline/judge/baselineEvaluation.ts";
import {
  decisionOf,
  fitOn,
  fitCandidate,
  importanceOf,
  type Candidate,
  type FitHooks,
  type Fitted,
  type FittedCandidate,
} from "../../pipeline/fit/fitCandidate.ts";
import { requirePredictions } from "../../pipeline/predict/predictor.ts";
import type { PreparedData } from "./trainingData.ts";
import { ranksOf } from "../ranks/ranksOf.ts";
import type { Workspace } from "../workspace.ts";

/** A candidate with its result; `fitted` is undefined if fitting failed. */
export interface TrainedCandidate {
  readonly candidate: Candidate;
  readonly family: string;
  readonly fitted: FittedCandidate | undefined;
  readonly final?: FittedCandidate;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly selection: Selection | undefined;
  /** Predictions that select it, if it is fitted again afterwards: by fold, or of the validation rows. */
  readonly unseen?: readonly Unseen[] | undefined;
  /** To predict 1,000 rows. */
  readonly predictSeconds?: number | undefined;
  /** Share of the ensemble. */
  readonly weight?: number | undefined;
  readonly degenerate: string | undefined;
  readonly error: MlctlError | undefined;
  readonly seconds: number;
}

/** Fewer are predicted several times to measure the time. */
const FEW_ROWS = 2000;

type Hooks = FitHooks & Required<Pick<FitHooks, "onProgress">>;

interface Judged {
  readonly fitted: FittedCandidate;
  readonly crossValidation: CrossValidation | undefined;
  readonly unseen?: readonly Unseen[];
  readonly predictSeconds?: number;
}

/** Fits and evaluates one candidate. If it cannot be fitted on this data, the result has the error. */
export async function trainOne(
  workspace: Workspace,
  { candidate, data, emit }: { candidate: Candidate; data: PreparedData; emit: (share: number) => void },
): Promise<TrainedCandidate> {
  const { context } = workspace;
  context.signal.throwIfAborted();
  emit(0);
  const start = performance.now();
  let fitSeconds = 0;
  const share = workspace.share?.((seconds) => (fitSeconds += seconds));
  const hooks = { signal: context.signal, onProgress: emit, ranks: ranksOf(workspace), share };
  const outcome = await judgeCandidate(candidate, data, hooks).catch(recover((error) => error, "data"));
  emit(1);
  // Shared fits wait for those of other candidates.
  const seconds = share === undefined ? (performance.now() - start) / 1000 : fitSeconds;
  const common = { candidate, family: candidate.family, seconds };
  if (outcome instanceof MlctlError) {
    const nothing = { fitted: undefined, metrics: {}, selection: undefined, degenerate: undefined };
    return { ...common, ...nothing, error: outcome };
  }
  if (outcome.fitted.estimator.state["converged"] === false) {
    const message = `${candidate.family} did not converge within max_iter iterations`;
    context.emit({ type: "warning", stage: "train", message, hint: "increase max_iter, or decrease C" });
  }
  return { ...common, ...resultOf(outcome, data) };
}

export function resultOf({ fitted, crossValidation, unseen, predictSeconds }: Judged, { target }: PreparedData) {
  const { evaluation } = fitted;
  const reason = degenerate(evaluation, target.classes);
  return {
    fitted,
    metrics: computeMetrics(evaluation),
    selection: crossValidation?.selection,
    unseen,
    predictSeconds,
    // If folds choose the winner, the validation rows must not influence the choice.
    degenerate: crossValidation === undefined ? reason : crossValidation.degenerate,
    error: undefined,
  };
}

/** Cross-validates on the folds, if there are any, then fits on all training rows. */
async function judgeCandidate(candidate: Candidate, data: PreparedData, hooks: Hooks): Promise<Judged> {
  if (data.config.train.refit === true) return judgeToRefit(candidate, data, hooks);
  const { selection } = data;
  const folds = selection?.folds.length ?? 0;
  const { onProgress, ranks: _, ...common } = hooks;
  const onFolds = { ...common, onProgress: (done: number) => onProgress((done * folds) / (folds + 1)) };
  const crossValidation = selection && (await crossValidate(candidate, data, selection, onFolds));
  const last = { ...hooks, onProgress: (done: number) => onProgress((folds + done) / (folds + 1)) };
  return { fitted: await fitCandidate(candidate, data, data.split, last, data.parts()), crossValidation };
}

/**
 * The same for a model that is fitted again afterwards: what selects it also decides on its threshold and calibration.
 * The folds are fitted with what the first fit found, so that its recorded parameters lead to the same model.
 */
async function judgeToRefit(candidate: Candidate, data: PreparedData, all: Hooks) {
  const { onProgress, ranks: _, ...common } = all;
  const { folds = [] } = data.selection ?? {};
  const share = 1 / (folds.length + 1);
  const { training, validation } = data.parts();
  const first = { ...all, onProgress: (done: number) => onProgress(done * share) };
  const [fitting, judging] = [
    { data, rows: data.split.training, part: training },
    { data, rows: data.split.validation, part: validation },
  ];
  // Where folds select, the validation rows only evaluate.
  const fitted = await fitOn(candidate, fitting, first, data.selection === undefined ? judging : undefined);
  const found = { ...candidate, params: fitted.estimator.params };
  const hooks = { ...common, onProgress: (done: number) => onProgress(share + done * (1 - share)) };
  const unseen = await eachFold(folds, data.inputs.columns.length, hooks, (fold, own) =>
    predictUnseen(found, data, fold, own),
  );
  return judged(candidate, data, { fitted, onFolds: unseen }, common);
}

/** @param onFolds predictions by fold; empty if the validation rows select */
export async function judged(
  candidate: Candidate,
  data: PreparedData,
  { fitted, onFolds }: { readonly fitted: Fitted; readonly onFolds: readonly Unseen[] },
  hooks: FitHooks = {},
): Promise<Judged> {
  const { validation } = data.parts();
  const timings: number[] = [];
  const predict = (): Float64Array => {
    const start = performance.now();
    const raw = rawPredictions(fitted, validation);
    timings.push(performance.now() - start);
    return raw;
  };
  const onValidation = { rows: data.split.validation, raw: predict() };
  // The first calls of a function are slow.
  while (validation.y.length < FEW_ROWS && timings.length < 3) predict();
  const predictSeconds = Math.min(...timings) / validation.y.length;
  const unseen = data.selection === undefined ? [onValidation] : onFolds;
  // A calibration fitted on the rows that rank would make overconfident models look best.
  const decision = candidate.calibration
    ? await decisionOf({ ...candidate, params: fitted.estimator.params }, { data, rows: data.split.training }, hooks)
    : decisionOn(candidate, data, unseen);
  const deciding = { ...decision, costs: candidate.costs };
  const evaluation = evaluationOf(onValidation, data, deciding);
  requirePredictions(evaluation, { family: candidate.family, dataRows: validation.dataRows });
  const evaluations = unseen.map((part) => evaluationOf(part, data, deciding));
  return {
    fitted: { ...fitted, ...decision, evaluation, importance: importanceOf(fitted.estimator) },
    crossValidation: data.selection && crossValidated(evaluations, data.selection, candidate.metric, data.target),
    unseen,
    predictSeconds,
  };
}
