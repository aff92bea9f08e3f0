/** Builds a category column from strings. */
import type { CategoryColumn } from "./table.ts";

/** Codes are assigned in order of first appearance; null and undefined are missing (−1). */
export function categoryColumn(name: string, values: readonly (string | null | undefined)[]): CategoryColumn {
  const codeOf = new Map<string, number>();
  const codes = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === null || value === undefined) {
      codes[i] = -1;
      continue;
    }
    let code = codeOf.get(value);
    if (code === undefined) {
      code = codeOf.size;
      codeOf.set(value, code);
    }
    codes[i] = code;
  }
  return { kind: "category", name, codes, categories: [...codeOf.keys()] };
}
