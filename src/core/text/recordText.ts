/** Parts of records as people read them: limits, compared rows, who deployed, folds, estimates. */
import type { DeploymentOrigin, Selection } from "../records/lineage.ts";
import type { Finding, DriftReport, MonitorFinding, PerformanceEstimate } from "../records/monitoring.ts";
import { counted, formatNumber, present, shortTime } from "./format.ts";
import type { EnsembleMember } from "../estimator.ts";

type Judged = Pick<Finding | MonitorFinding, "name" | "status" | "value" | "limit" | "message"> & {
  readonly passes?: "at_most" | "at_least" | null;
};

/** "<" for a share of columns or a distance, which are drift from the limit on; null without a side. */
export function passingSide({ name, passes }: Pick<Judged, "name" | "passes">): "<" | "≤" | "≥" | null {
  if (passes === undefined || passes === null) return null;
  return passes === "at_least" ? "≥" : name.endsWith("drift") ? "<" : "≤";
}

/** " (numbers: a sample of up to 2000 values per column)"; empty if all values of the reference are compared. */
export function sampledNote({ referenceSample }: DriftReport, format: (count: number) => string = String): string {
  return referenceSample === undefined
    ? ""
    : ` (numbers: a sample of up to ${format(referenceSample)} values per column)`;
}

/** The calibrated rules adjust p-values over all columns. */
export function pValueName({ rules }: Pick<DriftReport, "rules">): string {
  return rules === "calibrated" ? "p-value (adjusted)" : "p-value";
}

/**
 * "≤ 0.1", "≥ 0.05 or psi < 0.1"; null if there is no limit. If value and limit alone do not give the verdict, says what
 * else decided.
 */
export function limitText(finding: Judged, format: (limit: number) => string = formatNumber): string | null {
  const { limit, value, status } = finding;
  if (typeof limit !== "number") return limit;
  const side = passingSide(finding);
  if (side === null) return format(limit);
  const text = `${side} ${format(limit)}`;
  if (typeof value !== "number" || status === "skipped") return text;
  const isWithin = side === "<" ? value < limit : side === "≤" ? value <= limit : value >= limit;
  return isWithin === (status === "pass") ? text : `${text}${exceptionOf(finding)}`;
}

function exceptionOf({ name, message }: Judged): string {
  if (message.includes("small")) return " or psi < 0.1";
  if (name.endsWith("drift")) return " or as in earlier years";
  return message.includes("not significantly") ? " or by chance" : ", see message";
}

/** Why no column was tested for drift: "not judged: 2 rows, at least 20 are needed". */
export function notJudged({ columns }: Pick<DriftReport, "columns">): string {
  const reasons = [...new Set(Object.values(columns).flatMap(({ skipped }) => skipped ?? []))];
  return `not judged: ${reasons.slice(0, 3).join("; ") || "no column can be tested"}`;
}

/** "1,200 new rows (the other 4,000 rows of the dataset are training data)". @param format formats a number of rows */
export function comparedRows(
  { currentRows, knownRows, earlierRows = 0 }: Pick<DriftReport, "currentRows" | "knownRows" | "earlierRows">,
  format: (count: number) => string = String,
): string {
  const rows = (kind: string): string => `${format(currentRows)} ${kind}${currentRows === 1 ? "row" : "rows"}`;
  if (knownRows === undefined) return rows("");
  if (earlierRows > 0)
    return `${rows("new ")} (of the others, ${format(earlierRows)} came earlier and ${format(knownRows)} are training data)`;
  if (knownRows === 0) return rows("new ");
  if (currentRows === 0) return `no new rows (all ${format(knownRows)} rows of the dataset are training data)`;
  return `${rows("new ")} (the other ${format(knownRows)} rows of the dataset are training data)`;
}

/** "ada on web1, commit 1a2b3c4d5e6f: before the new tariff"; "" for a record of an earlier version. */
export function originText({ by, host, commit, dirty, message }: DeploymentOrigin): string {
  const who = [by, host].filter((each) => each !== undefined).join(" on ");
  const changed = dirty === true ? " with uncommitted changes" : "";
  const where = commit === undefined ? who : `${who}, commit ${commit.slice(0, 12)}${changed}`;
  return message === undefined ? where : `${where}: ${message}`;
}

/** Of metrics of a model that looks back. */
export const ONE_STEP =
  "Each test row is predicted one step ahead, with the rows before it known: `mlctl predict --horizon` tests forecasts of more steps";

/** "5 folds", "median of 5 folds", "trimmed mean of 5 folds". */
export function selectionLabel({ folds, aggregate }: Selection): string {
  return aggregate === "mean" ? `${folds} folds` : `${aggregate.replace("_", " ")} of ${folds} folds`;
}

/** Why an estimate may be wrong; empty if nothing speaks against it. */
export function estimateDoubt({ calibrated, drifted = 0 }: PerformanceEstimate): string {
  const inputs = drifted === 1 ? "1 input has" : `${drifted} inputs have`;
  return present([
    !calibrated && "the model's probabilities are not calibrated",
    drifted > 0 && `${inputs} drifted, so the probabilities may be wrong`,
  ]).join("; ");
}

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
  const [first, second] = [membersByName(a), membersByName(b)];
  return [...new Set([...first.keys(), ...second.keys()])].flatMap((name): [string, string, string][] => {
    const [x, y] = [first.get(name), second.get(name)];
    const [one, other] = [settingsOf(x), settingsOf(y)];
    const differs = (key: string): boolean =>
      x === undefined || y === undefined ? key === "weight" : JSON.stringify(one[key]) !== JSON.stringify(other[key]);
    const [left, right] = [one, other].map((params) => paramsText(params, differs));
    return left === right ? [] : [[`member ${name}`, left || "–", right || "–"]];
  });
}

function settingsOf(member: EnsembleMember | undefined): Labelled["params"] {
  return member === undefined ? {} : { weight: member.weight, ...member.params };
}

/** By family; a second one is "xgboost 2". */
export function membersByName(members: unknown): Map<string, EnsembleMember> {
  const found = new Map<string, EnsembleMember>();
  for (const member of (members ?? []) as readonly EnsembleMember[]) {
    const before = [...found.values()].filter(({ family }) => family === member.family).length;
    found.set(before === 0 ? member.family : `${member.family} ${before + 1}`, member);
  }
  return found;
}

function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" ? formatNumber(value) : JSON.stringify(value);
}

/** "ops, people (waiting)": the second has not accepted the message yet. */
export function channelsText({ told, waiting }: Readonly<Record<"told" | "waiting", readonly string[]>>): string {
  return [...told, ...waiting.map((name) => `${name} (waiting)`)].join(", ");
}

/** About a channel of `alerts` that failed. */
export function undeliveredText(of: { messages: number; since: string; error: string; next: string }): string {
  const waits = `${counted(of.messages, "message")} not accepted, the oldest of ${shortTime(of.since)}: ${of.error}`;
  return `${waits}; a running \`mlctl schedule run\` or \`mlctl watch\` tries again at ${shortTime(of.next)}, any other command with its next alerts`;
}
