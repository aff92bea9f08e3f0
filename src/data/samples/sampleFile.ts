/** A generated file of a sample workspace. */
export interface SampleFile {
  /** Relative to the workspace, with forward slashes. */
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** @param rows lines of the file */
export function csvFile(path: string, header: string, rows: readonly string[]): SampleFile & { content: string } {
  return { path, content: `${header}\n${rows.join("\n")}\n` };
}
