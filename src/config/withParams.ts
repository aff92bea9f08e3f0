/** Puts parameters of models into the text of a config.json; comments, order and formatting stay as they are. */
import { applyEdits, modify, type FormattingOptions } from "jsonc-parser";
import type { Json } from "../core/json.ts";

/** @param params by position in train.models; others of the same model stay */
export function withParams(text: string, params: ReadonlyMap<number, Readonly<Record<string, Json>>>): string {
  const formattingOptions = formattingOf(text);
  let current = text;
  for (const [model, values] of params) {
    for (const [name, value] of Object.entries(values)) {
      const edits = modify(current, ["train", "models", model, "params", name], value, { formattingOptions });
      current = applyEdits(current, edits);
    }
  }
  return current;
}

/** As the file is written already. */
function formattingOf(text: string): FormattingOptions {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? "  ";
  return { insertSpaces: !indent.startsWith("\t"), tabSize: indent.length, eol: text.includes("\r\n") ? "\r\n" : "\n" };
}
