/**
 * Ensemble: a weighted mean of fitted models on the margin side (log-odds, inputs of the softmax, or the prediction itself),
 * so that the SHAP values of its members add up to its own. It is made of fitted models, not fitted itself.
 * @see Caruana, Niculescu-Mizil, Crew and Ksikes, Ensemble Selection from Libraries of Models (2004)
 */
import { MlctlError } from "../core/errors.ts";
import type { Estimator, EnsembleMember, FittedEstimator } from "../core/estimator.ts";
import type { JsonObject } from "../core/json.ts";
import { complement, requireFeatures, scalar, type GraphBuilder } from "../core/onnx.ts";
import type { Matrix, Task } from "../core/table/table.ts";
import { logOdds, logShare, SMALLEST_SHARE, softmax } from "../stats/softmax.ts";
import { ofWidth, requireWidth, unfit } from "./fittedState.ts";

/** A member as stored in the model file. */
export interface FittedMember {
  readonly weight: number;
  /** Columns of the ensemble's features that it reads: from the first up to the one before `to`. */
  readonly from: number;
  readonly to: number;
  readonly estimator: FittedEstimator;
}

/** @param find the registry, which knows the families of the members */
export function ensembleOf(find: (family: string) => Estimator): Estimator {
  return {
    family: "ensemble",
    description: "weighted mean of several models",
    tasks: ["regression", "binary", "multiclass"],
    params: [],
    needs: { complete: false, standardized: false },
    importanceUnit: { key: "weighted_share", label: "Share of the importance, weighted by model" },

    members: (params) => params["members"] as unknown as readonly EnsembleMember[],

    fit: () => Promise.reject(new MlctlError("usage", "an ensemble is made of fitted models, set train.ensemble")),

    load(fitted) {
      const members = membersOf(fitted).map((member) => ({
        ...member,
        loaded: find(member.estimator.family).load(member.estimator),
      }));
      return ofWidth(fitted, (X) => {
        const sums = new Float64Array(X.rowCount * Math.max(1, fitted.task === "multiclass" ? fitted.classCount : 1));
        for (const { weight, from, to, loaded } of members) {
          const own = loaded.predict(columnsOf(X, from, to));
          for (let i = 0; i < sums.length; i++) sums[i]! += weight * marginOf(own[i]!, fitted.task);
        }
        return fromMargins(sums, fitted);
      });
    },

    importance(fitted) {
      const all = new Float64Array(fitted.featureNames.length);
      for (const { weight, from, estimator } of membersOf(fitted)) {
        const own = find(estimator.family).importance?.(estimator) ?? new Float64Array(0);
        const total = own.reduce((sum, value) => sum + value, 0);
        own.forEach((value, i) => (all[from + i]! += total > 0 ? (weight * value) / total : 0));
      }
      return all;
    },

    contributions(fitted, X, outputs) {
      requireWidth(X, fitted);
      const width = fitted.featureNames.length;
      const outputCount = fitted.task === "multiclass" ? fitted.classCount : 1;
      const values = new Float64Array(X.rowCount * outputCount * width);
      const baseValues = new Float64Array(outputCount);
      for (const { weight, from, to, estimator } of membersOf(fitted)) {
        const own = find(estimator.family).contributions?.(estimator, columnsOf(X, from, to), outputs);
        // With a unit, the margin of the member is not on the scale of the mean.
        if (own === undefined || own.unit !== undefined) {
          const message = `an ensemble with a ${estimator.family} of this objective does not support SHAP values`;
          const hint = "use mlctl explain --method permutation for permutation importance";
          throw new MlctlError("usage", message, { hint });
        }
        own.baseValues.forEach((value, output) => (baseValues[output]! += weight * value));
        const count = to - from;
        for (let line = 0; line < X.rowCount * outputCount; line++)
          for (let i = 0; i < count; i++) values[line * width + from + i]! += weight * own.values[line * count + i]!;
      }
      return { outputCount, values, baseValues };
    },

    toOnnx(graph, fitted, input) {
      const margins = membersOf(fitted).map(({ weight, from, to, estimator }) => {
        const places = Array.from({ length: to - from }, (_, i) => from + i);
        const columns = [requireFeatures(input), graph.constant("int64", places)];
        const features = graph.add("Gather", columns, { axis: { int: 1 } });
        const predicted = find(estimator.family).toOnnx!(graph, estimator, { ...input, features });
        return graph.add("Mul", [marginNodes(graph, predicted, fitted.task), scalar(graph, weight)]);
      });
      const sum = margins.reduce((all, each) => graph.add("Add", [all, each]));
      if (fitted.task === "regression") return sum;
      return fitted.task === "binary" ? graph.add("Sigmoid", [sum]) : graph.add("Softmax", [sum], { axis: { int: 1 } });
    },
  };
}

/** In the layout of the predictions. */
export function marginsOf(predicted: Float64Array, task: Task): Float64Array {
  return predicted.map((value) => marginOf(value, task));
}

/** Predictions from the sums of weighted margins. */
export function fromMargins(
  sums: Float64Array,
  { task, classCount }: { task: Task; classCount: number },
): Float64Array {
  if (task === "regression") return sums;
  if (task === "binary") return sums.map((margin) => 1 / (1 + Math.exp(-margin)));
  return softmax(sums.slice(), classCount);
}

function marginOf(predicted: number, task: Task): number {
  if (task === "regression") return predicted;
  return task === "binary" ? logOdds(predicted) : logShare(predicted);
}

/** As `marginOf`. */
export function marginNodes(graph: GraphBuilder, predicted: string, task: Task): string {
  if (task === "regression") return predicted;
  const bounds = [SMALLEST_SHARE, 1 - SMALLEST_SHARE].map((bound) => scalar(graph, bound));
  const share = graph.add("Clip", [predicted, ...bounds]);
  const log = graph.add("Log", [share]);
  return task === "multiclass" ? log : graph.add("Sub", [log, graph.add("Log", [complement(graph, share)])]);
}

/** @throws {MlctlError} kind "data" if the state does not fit */
function membersOf(fitted: FittedEstimator): readonly FittedMember[] {
  const members = fitted.state["members"] as unknown;
  const fits = (member: unknown): boolean => {
    const { weight, from, to, estimator } = (member ?? {}) as Partial<FittedMember>;
    if (!Number.isFinite(weight) || !Number.isInteger(from) || !Number.isInteger(to)) return false;
    return 0 <= from! && to! <= fitted.featureNames.length && estimator?.featureNames.length === to! - from!;
  };
  if (Array.isArray(members) && members.length > 0 && members.every(fits)) return members as FittedMember[];
  throw unfit(fitted, "members", "a list of models");
}

function columnsOf(X: Matrix, from: number, to: number): Matrix {
  const width = X.columnNames.length;
  if (from === 0 && to === width) return X;
  const count = to - from;
  const values = new Float64Array(X.rowCount * count);
  for (let row = 0; row < X.rowCount; row++)
    values.set(X.values.subarray(row * width + from, row * width + to), row * count);
  return { rowCount: X.rowCount, columnNames: X.columnNames.slice(from, to), values };
}

/** The state of an ensemble of fitted models. */
export function ensembleState(members: readonly FittedMember[]): JsonObject {
  return { members } as unknown as JsonObject;
}
