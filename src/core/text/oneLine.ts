/** Control characters and line separators as escapes, so that a name or message stays one line of a log. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, escaped);
}

/** "\\n", and "\\u2028" for signs that JSON leaves as they are. */
function escaped(sign: string): string {
  const json = JSON.stringify(sign).slice(1, -1);
  return json === sign ? `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}` : json;
}
