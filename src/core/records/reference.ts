/** Reference: statistics of the training rows, stored in the model so that drift can be tested without the rows. */

export interface NumberReference {
  readonly kind: "number" | "date";
  readonly count: number;
  readonly missing: number;
  readonly mean: number | null;
  readonly standardDeviation: number | null;
  /** Quantiles at 0 %, 1 %, …, 100 %, linear interpolation; empty if all values are missing. */
  readonly quantiles: readonly number[];
  /** All present values, or a seeded sample of them, sorted. */
  readonly sample: readonly number[];
}

export interface CategoryReference {
  readonly kind: "category";
  readonly count: number;
  readonly missing: number;
  readonly counts: readonly (readonly [string, number])[];
}

export type ColumnReference = NumberReference | CategoryReference;

/** Statistics by column; `prediction` describes the predictions on the validation rows. */
export interface Reference {
  readonly rows: number;
  readonly columns: Readonly<Record<string, ColumnReference>>;
  readonly prediction: ColumnReference | null;
  /** Labels of the training rows; absent in models of earlier versions. */
  readonly target?: ColumnReference;
}
