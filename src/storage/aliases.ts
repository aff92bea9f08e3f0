/** Aliases: names that people gave to runs; those of the deployed run stand in deployment.json instead. */

/** `<output_model_path>/aliases.json`. */
export interface Aliases {
  readonly kind: "aliases";
  /** Run id by name, without the @. */
  readonly aliases: Readonly<Record<string, string>>;
}
