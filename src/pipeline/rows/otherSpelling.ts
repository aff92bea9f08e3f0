/** Recognises a category that is written in another way than in training. */
import { parseNumber } from "../../core/text/valueFormat.ts";

const BOOLEANS: ReadonlySet<string> = new Set(["true", "false"]);

/**
 * The category of the model that `text` stands for: true is True and TRUE, and é is one letter in both forms of Unicode.
 * Where the categories are only true and false, 1 and 0 are these too.
 * @returns a function that gives undefined without such a category; builds its lookup on first use
 */
export function otherSpelling(categories: readonly string[]): (text: string) => string | undefined {
  let known: ReadonlyMap<string, string | undefined> | undefined;
  return (text) => (known ??= spellings(categories)).get(folded(text));
}

/** For the numbers of JSON: 7 is the category "7.0". @returns undefined if none or several categories are the number */
export function categoryOfNumber(categories: readonly string[]): (value: number) => string | undefined {
  let known: ReadonlyMap<number | undefined, string | undefined> | undefined;
  return (value) => (known ??= byKey(categories, parseNumber)).get(value);
}

/** Undefined for two categories with one key: which of them is meant is unknown. */
function byKey<Key>(categories: readonly string[], keyOf: (category: string) => Key): Map<Key, string | undefined> {
  const known = new Map<Key, string | undefined>();
  for (const category of categories) {
    const key = keyOf(category);
    known.set(key, known.has(key) ? undefined : category);
  }
  return known;
}

function spellings(categories: readonly string[]): Map<string, string | undefined> {
  const known = byKey(categories, folded);
  const isBoolean = categories.length > 0 && [...known.keys()].every((key) => BOOLEANS.has(key));
  return isBoolean ? new Map([...known, ["1", known.get("true")], ["0", known.get("false")]]) : known;
}

function folded(text: string): string {
  const lower = text.length > 5 ? text : text.toLowerCase();
  return BOOLEANS.has(lower) ? lower : text.normalize("NFC");
}

/** Soft hyphens, zero-width characters and byte order marks; the no-break blank looks like a blank. */
export const INVISIBLE = /[\u00a0\u00ad\u200b-\u200d\u2060\ufeff]/gu;

/** Equal for labels that a person would read as the same. */
export function labelKey(label: string): string {
  const visible = label.normalize("NFC").replaceAll(INVISIBLE, (found) => (found === "\u00a0" ? " " : ""));
  return visible.trim().toLowerCase();
}
