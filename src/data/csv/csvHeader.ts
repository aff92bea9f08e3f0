/** Reads the first record of a delimited text: which sign separates its fields, and what they say. */

/** In order of preference where none is more frequent. */
const DELIMITERS = [",", ";", "\t", "|"] as const;

export type Delimiter = (typeof DELIMITERS)[number];

/**
 * The most frequent separator outside quotes; a comma where there is none, as in a file of one column. The tab of a file
 * called .tsv whose header has one.
 * @param name of the file, as far as it has one: a path, or "stdin"
 */
export function sniffDelimiter(header: string, name: string): Delimiter {
  const unquoted = header.replace(/"[^"]*"/g, "");
  if (/\.tsv(\.gz)?$/i.test(name) && unquoted.includes("\t")) return "\t";
  const count = (delimiter: string): number => unquoted.split(delimiter).length;
  return DELIMITERS.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}

/** Length of the first record without its line ending, or −1 if `text` ends before it does. */
export function firstRecordLength(text: string): number {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const sign = text[i];
    if (sign === '"') quoted = !quoted;
    else if (!quoted && (sign === "\n" || sign === "\r")) return i;
  }
  return -1;
}

/** The fields of one record; quotes are taken off and doubled quotes made single. */
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
