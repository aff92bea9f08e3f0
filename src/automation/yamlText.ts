/** Texts in YAML. */

/** JSON is YAML: quoted, with what would end the text escaped. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
