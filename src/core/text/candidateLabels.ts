/** Parameters as people read them: those that tell the models of one training apart, and the members of ensembles. */
import type { EnsembleMember } from "../estimator.ts";
import { formatNumber } from "./format.ts";

/** A parameter that training adds: what early stopping found. */
const RESULT = "best_iteration";

interface Labelled {
  readonly family: string;
  readonly featureSet: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** @param familyName its name for people; the name in config.json if left out */
export function candidateLabels(
  candidates: readonly Labelled[],
  familyName: (family: string) => string = (family) => family,
): string[] {
  const settings = ownSettings(candidates);
  return candidates.map(({ family, featureSet }, i) => {
    const features = featureSet === "all" ? "" : ` on ${featureSet}`;
    return `${familyName(family)}${features}${settings[i] === "" ? "" : ` (${settings[i]})`}`;
  });
}

/** By candidate: the parameters in which it differs from others of its family and feature set: "max_depth 3, eta 0.1". */
function ownSettings(candidates: readonly Labelled[]): string[] {
  return candidates.map(({ family, params, featureSet }) => {
    const alike = candidates.filter((each) => each.family === family && each.featureSet === featureSet);
    return paramsText(params, (name, value) => alike.some((each) => each.params[name] !== value));
  });
}

/** "max_depth 3, eta 0.1". @param isShown which parameters; never those that training adds */
export function paramsText(
  params: Labelled["params"],
  isShown: (name: string, value: unknown) => boolean = () => true,
): string {
  const shown = Object.entries(params).filter(([name, value]) => name !== RESULT && isShown(name, value));
  return shown
    .map(([name, value]) => (name === MEMBERS ? membersText(value) : `${name} ${valueText(value)}`))
    .join(", ");
}

/** The parameter of an ensemble. */
export const MEMBERS = "members";

function membersText(members: unknown): string {
  return (members as readonly EnsembleMember[])
    .map((each) => `${formatNumber(each.weight)} ${each.family}`)
    .join(" + ");
}

/** Name and value of each parameter, and of an ensemble a line for each member. */
export function paramRows(params: Labelled["params"]): [name: string, text: string][] {
  const { [MEMBERS]: members = [], ...others } = params as { readonly [MEMBERS]?: readonly EnsembleMember[] };
  return [
    ...Object.entries(others).map(([name, value]): [string, string] => [name, valueText(value)]),
    ...members.map(({ family, weight, params: own }): [string, string] => {
      const set = paramsText(own, (_, value) => value !== null);
      return [`member ${family}`, `weight ${formatNumber(weight)}${set === "" ? "" : `, ${set}`}`];
    }),
  ];
}

/** The members in which two ensembles differ, a line each, with the parameters that differ. */
export function memberChanges(a: unknown, b: unknown): [name: string, a: string, b: string][] {
  const [first, second] = [byName(a), byName(b)];
  return [...new Set([...first.keys(), ...second.keys()])].flatMap((name): [string, string, string][] => {
    const [x, y] = [first.get(name), second.get(name)];
    const [one, other] = [x ?? {}, y ?? {}];
    const differs = (key: string): boolean =>
      x === undefined || y === undefined ? key === "weight" : JSON.stringify(one[key]) !== JSON.stringify(other[key]);
    const [left, right] = [one, other].map((params) => paramsText(params, differs));
    return left === right ? [] : [[`member ${name}`, left || "–", right || "–"]];
  });
}

/** By family; a second one is "xgboost 2". */
function byName(members: unknown): Map<string, Labelled["params"]> {
  const found = new Map<string, Labelled["params"]>();
  for (const { family, weight, params } of (members ?? []) as readonly EnsembleMember[]) {
    const before = [...found.keys()].filter((name) => name.split(" ")[0] === family).length;
    found.set(before === 0 ? family : `${family} ${before + 1}`, { weight, ...params });
  }
  return found;
}

function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" ? formatNumber(value) : JSON.stringify(value);
}
