/** Builds a category column from texts. */
import type { CategoryColumn } from "./table.ts";

/** Codes count up in order of first appearance; null and undefined are missing (−1). */
export function categoryColumn(name: string, texts: readonly (string | null | undefined)[]): CategoryColumn {
  const codeOf = new Map<string, number>();
  const codes = new Int32Array(texts.length);
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i];
    if (text === null || text === undefined) {
      codes[i] = -1;
      continue;
    }
    let code = codeOf.get(text);
    if (code === undefined) {
      code = codeOf.size;
      codeOf.set(text, code);
    }
    codes[i] = code;
  }
  return { kind: "category", name, codes, categories: [...codeOf.keys()] };
}
