/** Interface of a drift test. Tests of values take samples without NaN and infinite numbers, (n_reference) and (n_current). */

/** Of a test of the hypothesis that both samples come from one distribution. */
export interface TestResult {
  readonly statistic: number;
  readonly pValue: number;
}

export interface DriftResult {
  readonly statistic: number;
  /** The p-value or the distance, which is compared with the limit. */
  readonly value: number;
}

export interface DriftTest {
  /** As in config.json and --json: "ks", "chi_square". */
  readonly name: string;
  /** Display name. */
  readonly label: string;
  /** Its name in Evidently, which config.json may use too. */
  readonly evidentlyName?: string;
  /** "values": two samples of numbers. "counts": number of rows by category, the same categories in the same order. */
  readonly input: "values" | "counts";
  /** A p-value below the limit is drift, a distance above it is drift. */
  readonly measure: "p_value" | "distance";
  /** Default limit, if config.json has none. */
  readonly limit: number;
  /** Maximum number of categories. If set, numbers are counted by value, not by decile. */
  readonly mostCategories?: number;
  /** It matters which sample is the reference. */
  readonly isAsymmetric?: true;
  /** Ties cause false alarms, so the test is skipped for columns with many ties. */
  readonly needsDistinct?: boolean;
  /** Ignores missing and infinite values. @throws {RangeError} if a side has nothing to compare */
  compare(reference: Float64Array, current: Float64Array): DriftResult;
}
