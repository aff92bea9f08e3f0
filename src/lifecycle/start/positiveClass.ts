/** Of two classes of a new target, the one that people look for. */
import type { EncodedTarget } from "../../pipeline/rows/encodeTarget.ts";
import type { Entry } from "./configText.ts";

/** In the languages of files that were seen; `no` and `false` sort before their opposites, but for example `ja` before `nein`. */
const NO = /^(no|nein|nee|nej|nei|non|não|nao|nie|ne|n|false|falsch|faux|falso|0)$/i;
/** Below this share a class is the rarer one. */
const RARER = 0.4;

/** Of two classes the one that people look for: not "no", else the rarer one. @returns undefined if it is the last one */
export function likelyPositive({ spec, y }: EncodedTarget): string | undefined {
  const [first, last] = spec.classes ?? [];
  if (spec.task !== "binary" || first === undefined || NO.test(first)) return undefined;
  const isRarer = y.filter((code) => code === 0).length < RARER * y.length;
  return NO.test(last!) || isRarer ? first : undefined;
}

export function positiveEntry(value: string | null): Entry[] {
  const note = "what is to be found: precision, recall, probability and threshold refer to this class";
  return value === null ? [] : [{ key: "positive_class", value, notes: [note] }];
}
