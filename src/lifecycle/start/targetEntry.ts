/** The target of a new workspace: its values, and of two classes the one that people look for. */
import type { Table } from "../../core/table/table.ts";
import { encodeTarget, type EncodedTarget } from "../../pipeline/rows/encodeTarget.ts";
import { counted, formatNumber, listed, percent } from "../../core/text/format.ts";
import type { Entry } from "./configText.ts";

/** In the languages of files that were seen; `no` and `false` sort before their opposites, but for example `ja` before `nein`. */
const NO = /^(no|nein|nee|nej|nei|non|não|nao|nie|ne|n|false|falsch|faux|falso|0)$/i;
/** Below this share a class is the rarer one. */
const RARER = 0.4;

export function encodeLikely(table: Table, target: string) {
  const open = { target, task: null, positiveClass: null };
  const asked = { ...open, positiveClass: likelyPositive(encodeTarget(table, open)) ?? null };
  return { asked, encoded: encodeTarget(table, asked) };
}

/** Of two classes the one that people look for: not "no", else the rarer one. @returns undefined if it is the last one */
function likelyPositive({ spec, y }: EncodedTarget): string | undefined {
  const [first, last] = spec.classes ?? [];
  if (spec.task !== "binary" || first === undefined || NO.test(first)) return undefined;
  const isRarer = y.filter((code) => code === 0).length < RARER * y.length;
  return NO.test(last!) || isRarer ? first : undefined;
}

export function positiveEntry(value: string | null): Entry[] {
  const note = "what is to be found: precision, recall, probability and threshold refer to this class";
  return value === null ? [] : [{ key: "positive_class", value, notes: [note] }];
}

export function targetNote({ spec, y, missing }: EncodedTarget): string {
  const without = missing === 0 ? "" : `; ${counted(missing, "row")} without one will not be used`;
  if (spec.classes === undefined) {
    const ends = [Math.min, Math.max].map((of) => formatNumber(y.reduce((a, b) => of(a, b))));
    return `"${spec.name}" has numbers from ${ends.join(" to ")}${without}`;
  }
  const counts = new Int32Array(spec.classes.length);
  for (const code of y) counts[code]!++;
  const shares = spec.classes.map((name, code) => `${name} (${percent(counts[code]! / y.length)})`);
  return `"${spec.name}" has ${spec.classes.length} classes: ${listed(shares)}${without}`;
}
