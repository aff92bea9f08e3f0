/** Reads what `schedule install` writes as the other programs do, by their documented grammars. */

/** A line of a systemd unit, decoded as systemd.syntax(7) says. */
export interface UnitEntry {
  readonly key: string;
  readonly value: string;
}

/** @throws {Error} if a line is neither a comment, a section nor an assignment */
export function unitEntries(text: string): UnitEntry[] {
  const entries: UnitEntry[] = [];
  let [section, kept] = ["", ""];
  for (const line of text.split(/[\n\r\0]/)) {
    if (/^\s*[#;]/.test(line)) continue;
    if (line.endsWith("\\")) {
      kept += `${line.slice(0, -1)} `;
      continue;
    }
    const whole = (kept + line).trim();
    kept = "";
    if (whole === "") continue;
    const [, name] = /^\[(.+)\]$/.exec(whole) ?? [];
    const equals = whole.indexOf("=");
    if (name !== undefined) section = name;
    else if (equals < 1 || section === "") throw new Error(`not a line of a unit: ${whole}`);
    else entries.push({ key: `${section}.${whole.slice(0, equals).trim()}`, value: whole.slice(equals + 1).trim() });
  }
  return entries;
}

/** Replaces %% by %. @throws {Error} if there is another specifier */
export function unitText(text: string): string {
  return text.replace(/%(.?)/g, (specifier, letter) => {
    if (letter !== "%") throw new Error(`a specifier: ${specifier} in ${text}`);
    return "%";
  });
}

/** The words of a value that is all in double quotes. @throws {Error} for anything else */
export function unitWords(value: string): string[] {
  const words = value.match(/"(?:[^"\\]|\\["\\])*"/g) ?? [];
  if (words.join(" ") !== value) throw new Error(`not all in double quotes: ${value}`);
  return words.map((word) => unitText(word.slice(1, -1).replace(/\\(["\\])/g, "$1")));
}

/** Replaces $$ by $. @throws {Error} if there is a variable */
export function withoutVariables(word: string): string {
  return word.replace(/\$(.?)/g, (variable, next) => {
    if (next !== "$") throw new Error(`a variable: ${variable} in ${word}`);
    return "$";
  });
}

/** The command of a crontab's line as each kind of cron passes it to sh. @throws {Error} if cron cuts it off at a % */
export function cronCommands(command: string): string[] {
  const readers = [/\\([%\\])|%/g /* Vixie, Debian */, /\\(?:(%)|.)|%/g /* cronie */];
  const read = readers.map((reader) =>
    command.replace(reader, (match, kept: string | undefined) => {
      if (match === "%") throw new Error(`cron cuts the command off: ${command}`);
      return kept ?? match;
    }),
  );
  return [...new Set([...read, command /* BusyBox reads it as it is. */])];
}

/** A string of a workflow after GitHub has replaced the literal expressions, and the other expressions in it. */
export function workflowText(text: string): { readonly text: string; readonly expressions: readonly string[] } {
  const expressions: string[] = [];
  const replaced = text.replace(/\$\{\{((?:'[^']*'|(?!\}\})[^'])*)\}\}/g, (_, inner: string) => {
    const [, literal] = /^ *'([^']*)' *$/.exec(inner) ?? [];
    if (literal === undefined) expressions.push(inner.trim());
    return literal ?? "";
  });
  return { text: replaced, expressions };
}
