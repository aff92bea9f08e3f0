/** A generated file of a sample workspace. */
export interface SampleFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

export function csvFile(path: string, header: string, rows: readonly string[]): SampleFile & { content: string } {
  return { path, content: `${header}\n${rows.join("\n")}\n` };
}
