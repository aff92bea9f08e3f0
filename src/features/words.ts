/** The words of a text: runs of letters and digits of any script, in lower case. */
export function words(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
