/** What a drift test says of one column, and a report says of all. */

export interface ColumnDrift {
  /** Name of the test, e.g. "ks", "chi_square". */
  readonly test: string;
  /** "p_value" drifts below the limit, "distance" above it: a distance is never read as a p-value. */
  readonly measure: "p_value" | "distance";
  readonly statistic: number;
  /** The p-value (adjusted, where the rules adjust it) or the distance that is held against `limit`. */
  readonly value: number;
  readonly limit: number;
  /** The side of the limit on which a value is drift: below it for a p-value, above it for a distance. */
  readonly direction: "below" | "above";
  /** Population stability index, the effect size beside the verdict; null where it cannot be computed. */
  readonly psi: number | null;
  readonly drifted: boolean;
  /** Why the column was not tested; then `drifted` is false and the numbers are NaN. */
  readonly skipped?: string;
  /** Why the verdict is another than value and limit alone would give. */
  readonly note?: string;
}

export interface DriftReport {
  readonly rules: "calibrated" | "evidently";
  readonly referenceRows: number;
  readonly currentRows: number;
  /** By input of the model, and "prediction" where its answers were compared. */
  readonly columns: Readonly<Record<string, ColumnDrift>>;
  /** Null where the truth is not known, or the reference lacks it; left out where nobody asked. */
  readonly target?: ColumnDrift | null;
  readonly dataset: {
    /**
     * Columns tested and drifted, and their quotient; share is null when none could be tested. The inputs; by
     * Evidently's rules the prediction and the target too.
     */
    readonly tested: number;
    readonly drifted: number;
    readonly share: number | null;
    readonly limit: number;
    readonly detected: boolean;
  };
}

/** One check with its verdict; what diagnose, monitor and doctor list. */
export interface Finding {
  readonly name: string;
  readonly status: "pass" | "warn" | "fail";
  readonly value: number | string | null;
  readonly limit: number | string | null;
  readonly message: string;
}
