/** Reads the first record of delimited text: its delimiter and its fields. */

/** In order of preference when they are equally frequent. */
const DELIMITERS = [",", ";", "\t", "|"] as const;

export type Delimiter = (typeof DELIMITERS)[number];

/**
 * The most frequent delimiter outside quotes; a comma if there is none, as in a file with one column. In a .tsv file
 * whose header contains a tab, the tab.
 * @param name a path, or "stdin"
 */
export function sniffDelimiter(header: string, name: string): Delimiter {
  const unquoted = header.replace(/"[^"]*"/g, "");
  if (/\.tsv(\.gz)?$/i.test(name) && unquoted.includes("\t")) return "\t";
  const count = (delimiter: string): number => unquoted.split(delimiter).length;
  return DELIMITERS.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}

/** Length of the first record without its line ending; −1 if `text` ends within the record. */
export function firstRecordLength(text: string): number {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '"') quoted = !quoted;
    else if (!quoted && (char === "\n" || char === "\r")) return i;
  }
  return -1;
}

/** The fields of one record, unquoted. */
export function splitRecord(record: string, delimiter: string): string[] {
  const fields: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i <= record.length; i++) {
    if (record[i] === '"') quoted = !quoted;
    if (i === record.length || (!quoted && record[i] === delimiter)) {
      fields.push(unquote(record.slice(start, i)));
      start = i + 1;
    }
  }
  return fields;
}

function unquote(field: string): string {
  const trimmed = field.trim();
  if (trimmed.length < 2 || !trimmed.startsWith('"') || !trimmed.endsWith('"')) return field;
  return trimmed.slice(1, -1).replaceAll('""', '"');
}

/** E.g. "1 value, but the header has 2 columns". */
export function widthMismatch(values: number, columns: number): string {
  return `${counted(values, "value")}, but the header has ${counted(columns, "column")}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
