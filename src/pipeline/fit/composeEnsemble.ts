/** Makes one model of several fitted ones: their transforms side by side, and the weighted mean of their margins. */
import type { FittedEstimator } from "../../core/estimator.ts";
import type { JsonObject } from "../../core/json.ts";
import type { FittedTransform } from "../../core/records/model.ts";
import { ensembleState, type FittedMember } from "../../estimators/ensemble.ts";
import type { SelectState } from "../../features/select.ts";

export interface MemberFit {
  readonly weight: number;
  readonly transforms: readonly FittedTransform[];
  readonly estimator: FittedEstimator;
  readonly notes: readonly string[];
}

/** Members with the same transforms share their features. */
export function composeEnsemble(members: readonly MemberFit[]): Omit<MemberFit, "weight"> {
  const groups = Map.groupBy(members, ({ transforms }) => JSON.stringify(transforms));
  const branches = Array.from(groups.values(), ([first], i) => ({
    prefix: groups.size === 1 ? "" : `${i + 1}.`,
    transforms: first!.transforms,
    featureNames: first!.estimator.featureNames,
  }));
  const places = new Map<MemberFit, readonly [from: number, to: number]>();
  let from = 0;
  for (const [i, group] of [...groups.values()].entries()) {
    const to = from + branches[i]!.featureNames.length;
    for (const member of group) places.set(member, [from, to]);
    from = to;
  }
  // In the given order, in which their margins were added up before: sums of numbers depend on it.
  const fitted = members.map((member): FittedMember => {
    const [first, end] = places.get(member)!;
    return { weight: member.weight, from: first, to: end, estimator: member.estimator };
  });
  const [{ task, classCount }] = members.map(({ estimator }) => estimator) as [FittedEstimator];
  const params = members.map(({ weight, estimator }) => ({
    family: estimator.family,
    params: estimator.params,
    weight,
  }));
  return {
    transforms: branches.length === 1 ? branches[0]!.transforms : sideBySide(branches),
    estimator: {
      family: "ensemble",
      params: { members: params },
      featureNames: branches.flatMap(({ prefix, featureNames }) => featureNames.map((name) => `${prefix}${name}`)),
      task,
      classCount,
      state: ensembleState(fitted),
    },
    notes: [...new Set(members.flatMap(({ notes }) => notes))],
  };
}

function sideBySide(branches: readonly { readonly prefix: string; readonly transforms: readonly FittedTransform[] }[]) {
  // Every list of transforms starts with the columns that it needs.
  const needed = branches.flatMap(({ transforms }) => (transforms[0]!.state as SelectState).columns);
  const columns = needed.filter(({ name }, i) => needed.findIndex((each) => each.name === name) === i);
  const state = { branches: branches.map(({ prefix, transforms }) => ({ prefix, transforms })) };
  return [
    { type: "select", state: { columns } },
    { type: "branches", state: state as unknown as JsonObject },
  ];
}
