/** The contract of a drift test. */

export interface DriftResult {
  readonly statistic: number;
  /** The p-value, or the distance: what is held against a limit. */
  readonly value: number;
}

export interface DriftTest {
  /** As in config.json and --json: "ks", "chi_square". */
  readonly name: string;
  /** As people read it. */
  readonly label: string;
  /** "values": two samples of numbers. "counts": rows by category of both, the same categories in the same order. */
  readonly input: "values" | "counts";
  /** A p-value drifts below its limit, a distance above it. */
  readonly measure: "p_value" | "distance";
  /** Limit where the configuration names none. */
  readonly limit: number;
  /** Categories it can tell apart, where that is limited: then numbers are counted value by value, not by deciles. */
  readonly mostCategories?: number;
  /** Ties make it alarm without cause: it says nothing of a column that is full of them. */
  readonly needsDistinct?: boolean;
  /** Missing and infinite values are left out. @throws {RangeError} if a side has nothing to compare */
  compare(reference: Float64Array, current: Float64Array): DriftResult;
}
