/** Evaluates the points of a search: fits them on folds in threads and computes the metric of their predictions. */
import { MlctlError } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { aggregateFolds, decisionOn, evaluationOf } from "../fit/crossValidate.ts";
import type { TrainingData } from "../fit/splitRows.ts";
import type { Drawn, Judge, Judgement } from "./race.ts";
import { pointText } from "./space.ts";
import type { Pool, TrialResult, TrialSubject, TrialTask } from "./trialPool.ts";

/** Results of one point so far; predictions by fold. */
interface State {
  readonly predictions: (Float64Array | undefined)[];
  seconds: number;
  error: string | undefined;
}

interface Judged {
  readonly data: TrainingData;
  readonly subject: TrialSubject;
}

/**
 * Points that differ only in the number of boosting rounds share one fit: its first 100 trees are those of a shorter fit.
 * @param position of the subject in the pool's work
 */
export function foldJudge(
  pool: Pick<Pool<TrialTask, TrialResult>, "run">,
  { data, subject, position }: Judged & { readonly position: number },
): Judge {
  const states = new Map<number, State>();
  const stateOf = ({ number }: Drawn): State => {
    const state = states.get(number) ?? { predictions: [], seconds: 0, error: undefined };
    states.set(number, state);
    return state;
  };
  const lengths = new Map<string, Promise<TrialResult>>();
  /** Of a point that stops early: one fit says when, for all folds, as in the leaderboard. */
  const lengthOf = async ({ params }: Group): Promise<Pick<TrialTask, "params"> | TrialResult> => {
    const stops = typeof params["early_stopping_rounds"] === "number" && params["best_iteration"] === undefined;
    if (subject.stopOn === null || !stops) return { params };
    const key = pointText(params);
    const found = lengths.get(key) ?? pool.run({ subject: position, fold: null, params, stages: null });
    lengths.set(key, found);
    return found;
  };
  const fit = async (group: Group, fold: number): Promise<void> => {
    const { stages, drawn } = group;
    const length = await lengthOf(group);
    const result =
      "error" in length
        ? length
        : await pool.run({ subject: position, fold, params: length.params ?? group.params, stages });
    for (const [i, state] of drawn.map(stateOf).entries()) {
      if ("error" in result) state.error = failureOf(result.error);
      else {
        state.predictions[fold] = result.predictions[i]!;
        state.seconds += result.seconds / drawn.length;
      }
    }
  };
  return async (drawn, folds, onEach) => {
    await Promise.all(
      groupsOf(subject, drawn).map(async (group) => {
        const missing = Array.from({ length: folds }, (_, fold) => fold).filter((fold) =>
          group.drawn.some((each) => stateOf(each).predictions[fold] === undefined),
        );
        await Promise.all(missing.map((fold) => fit(group, fold)));
        for (const each of group.drawn) onEach(each, judgementOf(stateOf(each), folds, { data, subject }));
      }),
    );
  };
}

/** Message of a data or usage error, which fails only the trial. Throws other errors, which end the search. */
function failureOf({ kind, message, hint }: { kind: MlctlError["kind"]; message: string; hint: string | undefined }) {
  if (kind === "data" || kind === "usage") return message;
  throw new MlctlError(kind, message, { hint });
}

interface Group extends Pick<TrialTask, "params" | "stages"> {
  readonly drawn: readonly Drawn[];
}

function groupsOf({ candidate }: TrialSubject, drawn: readonly Drawn[]): Group[] {
  const { stages } = findEstimator(candidate.family);
  const paramsOf = ({ params }: Drawn): JsonObject => ({ ...candidate.params, ...params });
  const groups = Map.groupBy(drawn, (each) => {
    const params = paramsOf(each);
    const { [stages?.param ?? ""]: _, ...rest } = params;
    return pointText(stages?.shares(params) ? rest : params);
  });
  return Array.from(groups.values(), (own): Group => {
    const params = paramsOf(own[0]!);
    if (stages === undefined || own.length === 1) return { params, drawn: own, stages: null };
    const lengths = own.map((each) => Number(each.params[stages.param]));
    return { params: { ...params, [stages.param]: Math.max(...lengths) }, drawn: own, stages: lengths };
  });
}

/** Threshold and calibration are fitted on the predictions of all folds so far, which are out-of-fold predictions. */
function judgementOf({ predictions, seconds, error }: State, folds: number, options: Judged): Judgement {
  if (error !== undefined) return { steps: [], seconds, error };
  const upTo = (fold: number) => predictions.slice(0, fold + 1) as Float64Array[];
  return { steps: Array.from({ length: folds }, (_, fold) => valueOf(upTo(fold), options)), seconds };
}

function valueOf(predictions: readonly Float64Array[], { data, subject }: Judged): number | null {
  const { candidate, folds, aggregate } = subject;
  const metric = findMetric(candidate.metric, data.target.task);
  const parts = predictions.map((raw, fold) => ({ raw, rows: folds[fold]!.validation }));
  const deciding = { ...decisionOn(candidate, data, parts), costs: candidate.costs };
  return aggregateFolds(
    parts.map((part) => metric.compute(evaluationOf(part, data, deciding))),
    aggregate,
  );
}
