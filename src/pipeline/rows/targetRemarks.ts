/** What was assumed about the target, and how to change it: classes or numbers, positive class, labels written twice. */
import { formatNumber, listed } from "../../core/text/format.ts";
import { selectHint } from "../../core/text/suggest.ts";
import { mean, standardDeviation } from "../../stats/descriptive.ts";
import { INVISIBLE, labelKey } from "./otherSpelling.ts";
import type { EncodedTarget, TargetOptions } from "./encodeTarget.ts";

/** A class with a smaller share of the rows is rare; if all but this share have one class, accuracy says little. */
const RARE = 0.1;
/** Fewer rows of a class cannot be split and learned. */
const FEW_ROWS = 5;
/** More are counted instead of named. */
const MAX_NAMED = 8;

export function targetRemarks(encoded: EncodedTarget, options: TargetOptions) {
  const { spec, y } = encoded;
  const kind = encoded.integers === undefined ? [] : [kindNote(encoded, encoded.integers)];
  if (spec.classes === undefined) return { warnings: oneNumber(spec.name, y), notes: kind };
  const counts = new Int32Array(spec.classes.length);
  for (const code of y) counts[code]!++;
  const classes = spec.classes.map((label, code) => ({ label, count: counts[code]! }));
  return {
    warnings: twins(spec.name, classes),
    notes: [
      ...kind,
      ...(spec.task === "binary" && options.positiveClass === null ? [positiveNote(spec.name, classes)] : []),
      ...imbalance(spec.name, classes, spec.task === "binary"),
    ],
  };
}

function oneNumber(name: string, y: Float64Array): string[] {
  const isOne = y.length > 1 && y.every((value) => value === y[0]);
  return isOne
    ? [`every row has ${formatNumber(y[0])} in "${name}", so there is nothing to learn: check "target"`]
    : [];
}

/** Of a lognormal distribution it is 4 if the standard deviation of the logarithm is 0.83. */
const HEAVY_SKEW = 4;

/** For numbers among which a few large ones make up most of the squared errors. */
export function skewNote(name: string, y: Float64Array): string[] {
  const [center, spread] = [mean(y), standardDeviation(y, { ddof: 0 })];
  const skewness = mean(y.map((value) => ((value - center) / spread) ** 3));
  if (!(skewness >= HEAVY_SKEW)) return [];
  return [
    `"${name}" is heavily skewed (skewness ${formatNumber(skewness)}), so rmse depends on its few largest values: "train": { "metric": "mae" } counts all errors alike`,
  ];
}

type LabelCount = { readonly label: string; readonly count: number };

function kindNote({ spec }: EncodedTarget, integers: readonly number[]): string {
  const values = `${integers.length} different integers (${integers[0]} to ${integers.at(-1)})`;
  return spec.classes === undefined
    ? `"${spec.name}" has ${values} that look like ratings or counts, so numbers are predicted: set "task": "classification" to predict classes`
    : `"${spec.name}" has ${values}, so classes are predicted: set "task": "regression" to predict numbers`;
}

function positiveNote(name: string, [other, positive]: readonly LabelCount[]): string {
  const value = JSON.stringify(other!.label);
  return `the positive class of "${name}" is ${JSON.stringify(positive!.label)}: precision, recall and probability refer to it; set "positive_class": ${value} for the other`;
}

function twins(name: string, classes: readonly LabelCount[]): string[] {
  const groups = Map.groupBy(classes, ({ label }) => labelKey(label));
  const same = [...groups.values()].filter((group) => group.length > 1);
  if (same.length === 0) return [];
  const shown = same.slice(0, MAX_NAMED).map((group) => group.map(withCount).join(", "));
  const more = same.length > shown.length ? ` (and ${same.length - shown.length} more such labels)` : "";
  // Composed and decomposed accents look the same, and lower and trim leave them as they are.
  const isComposed = classes.every(({ label }) => label === label.normalize("NFC"));
  const isVisible = classes.every(({ label }) => label.search(INVISIBLE) < 0);
  const fix = selectHint(name, (whole) => {
    // The first character becomes a blank, the others nothing.
    const invisible = [160, 173, 8203, 8204, 8205, 8288, 65279].map((code) => `chr(${code})`).join(" || ");
    const text = isVisible ? whole : `translate(${whole}, ${invisible}, ' ')`;
    return `lower(trim(${isComposed ? text : `nfc_normalize(${text})`}))`;
  });
  return [
    `labels of "${name}" that differ only in case or blanks are different classes: ${shown.join("; ")}${more}; to join them, ${fix}`,
  ];
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function withCount({ label, count }: LabelCount): string {
  const shown = JSON.stringify(label).replaceAll(INVISIBLE, escapeOf);
  return `${shown} (${count} ${count === 1 ? "row" : "rows"})`;
}

function imbalance(name: string, classes: readonly LabelCount[], isBinary: boolean): string[] {
  const rows = classes.reduce((sum, { count }) => sum + count, 0);
  const ascending = classes.toSorted((a, b) => a.count - b.count);
  const [rarest, largest] = [ascending[0]!, ascending.at(-1)!];
  if (isBinary && rarest.count < RARE * rows) {
    const share = `${percent(rarest.count / rows)} of the rows have ${JSON.stringify(rarest.label)} in "${name}"`;
    return [
      `imbalanced classes: ${share}; accuracy says little, and "train": { "threshold": "tune" } or { "class_weight": "balanced" } finds more of them`,
    ];
  }
  if (isBinary) return [];
  const few = ascending.filter(({ count }) => count < FEW_ROWS);
  const named = listed(few.map(withCount), MAX_NAMED);
  const dominant = `${percent(largest.count / rows)} of the rows have ${JSON.stringify(largest.label)} in "${name}"`;
  return [
    ...(largest.count > (1 - RARE) * rows ? [`imbalanced classes: ${dominant}, so accuracy says little`] : []),
    ...(few.length > 0 ? [`classes of "${name}" with too few rows to learn from: ${named}`] : []),
  ];
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
