/** Error in one input file: the file is rejected, the others are still read. */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
  /** First invalid line, from 1, if the format has lines. */
  readonly line: number | undefined;
  readonly hint: string | undefined;

  constructor(reason: string, options: { line?: number | undefined; hint?: string | undefined } = {}) {
    super(reason);
    this.line = options.line;
    this.hint = options.hint;
  }
}
