/** Notes on columns kept as text because their numbers have a decimal comma. */
import { decimalCommaHint } from "../../core/text/decimalComma.ts";
import type { LoadedFile, ReadOptions } from "../readOptions.ts";

/** One note per column, except for columns that `types` or `select` handles. */
export function decimalCommaNotes(files: readonly LoadedFile[], options: ReadOptions): string[] {
  const { types = {}, select = {}, textColumns = [] } = options;
  const settled = new Set([...textColumns, ...Object.keys(types), ...Object.keys(select)].map(lowerCase));
  const found = new Map<string, string>();
  for (const { columns } of files) {
    for (const { name, type, decimalComma } of columns) {
      if (decimalComma !== undefined && type === "VARCHAR" && !settled.has(lowerCase(name)) && !found.has(name))
        found.set(name, decimalComma);
    }
  }
  return [...found].map(
    ([name, example]) =>
      `column "${name}" has a decimal comma ("${example}") and was kept as text: for numbers, ${decimalCommaHint(name)}`,
  );
}

function lowerCase(name: string): string {
  return name.toLowerCase();
}
