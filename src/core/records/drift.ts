/** Drift results: of one column and of the whole dataset. */

export interface ColumnDrift {
  readonly test: string;
  readonly measure: "p_value" | "distance";
  readonly statistic: number;
  /** The p-value (adjusted, if the rules adjust it) or the distance that is compared with `limit`. */
  readonly value: number;
  readonly limit: number;
  /** The side of the limit that counts as drift: "below" for a p-value, "above" for a distance. */
  readonly direction: "below" | "above";
  /** Population stability index, the effect size; null if it cannot be computed. */
  readonly psi: number | null;
  readonly drifted: boolean;
  /** Why the column was not tested; `drifted` is then false and the numbers are NaN. */
  readonly skipped?: string;
  /** Why the verdict differs from what value and limit alone would give. */
  readonly note?: string;
}

export interface DriftReport {
  readonly rules: "calibrated" | "evidently";
  readonly referenceRows: number;
  readonly currentRows: number;
  /** Rows of the dataset that were not compared because the model was trained on them; absent if that is unknown. */
  readonly knownRows?: number;
  /** Rows of the dataset that came before the compared ones, but after the training. */
  readonly earlierRows?: number;
  /** By input column of the model, and "prediction" if predictions were compared. */
  readonly columns: Readonly<Record<string, ColumnDrift>>;
  /** Null if there are no labels, now or in the reference; absent if it was not requested. */
  readonly target?: ColumnDrift | null;
  readonly dataset: {
    /** Counts the inputs; with Evidently's rules also the prediction and the target. Share: drifted / tested. */
    readonly tested: number;
    readonly drifted: number;
    readonly share: number | null;
    readonly limit: number;
    readonly detected: boolean;
  };
}

export interface Finding {
  readonly name: string;
  readonly status: "pass" | "warn" | "fail";
  readonly value: number | string | null;
  readonly limit: number | string | null;
  /** The side of the limit that passes; absent if the limit has no sides. */
  readonly passes?: "at_most" | "at_least";
  readonly message: string;
}

export function finding(
  name: string,
  status: Finding["status"],
  message: string,
  [value, limit]: readonly [Finding["value"], Finding["limit"]] = [null, null],
): Finding {
  return { name, status, value, limit, message };
}
