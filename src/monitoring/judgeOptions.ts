/** What a window is judged by. The names of `monitor` are those of config.json. */
import type { Costs } from "../core/metric.ts";
import type { Model, Reference } from "../core/records/model.ts";
import type { MonitorFinding, PerformanceReport } from "../core/records/monitoring.ts";
import type { DriftOptions, Season } from "./driftReport.ts";

export interface Limit {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

export type ShareName = "missing_share" | "invalid_share" | "new_categories" | "out_of_range";

type ShareLimits = { readonly [check in ShareName]?: Limit | undefined };

export interface QualityLimits extends ShareLimits {
  readonly duplicate_share?: Limit | undefined;
  readonly rows?: Limit | undefined;
  /** Such as "2d". */
  readonly freshness?: string | undefined;
  readonly columns: Readonly<Record<string, ShareLimits>>;
}

/** The kinds of drift that `fail_on` turns into failures; all others are warnings. */
export type DriftSubject = "dataset" | "prediction" | "target" | "columns";

export interface JudgeOptions {
  readonly model: Model;
  readonly reference: Reference;
  /** The same days of earlier years, with which drift is compared; null or absent: compared with the reference. */
  readonly season?: Season | null;
  readonly drift: DriftOptions;
  readonly monitor: {
    readonly drift: { readonly fail_on: readonly DriftSubject[] };
    readonly quality: QualityLimits;
    readonly require: Readonly<Record<string, Limit | undefined>>;
    readonly confidence: number | null;
    readonly segments: readonly string[];
    readonly segment_rows: number;
    readonly minimum_rows: number;
  };
  /** The main metric, and its value on the test rows. */
  readonly metric: string;
  readonly test: { readonly value: number | null; readonly interval: readonly [number, number] | null };
  /** Absent without `costs` in config.json. `reference` is what 1,000 test rows cost with the model. */
  readonly money?: (PerformanceReport["money"] & { readonly costs: Costs }) | undefined;
  readonly seed: number;
  /** Findings that are not about the rows. */
  readonly others?: readonly MonitorFinding[];
  /** End of the window, or now, in milliseconds since 1970; null without a time column. */
  readonly end: number | null;
}
