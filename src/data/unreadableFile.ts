/** Why one input file was set aside while the others went on. */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
  /** First line at fault, counted from 1, where the format has lines. */
  readonly line: number | undefined;
  readonly hint: string | undefined;

  constructor(reason: string, options: { line?: number | undefined; hint?: string | undefined } = {}) {
    super(reason);
    this.line = options.line;
    this.hint = options.hint;
  }
}
