/** Findings about data quality: one for each check, with the value of the worst column. */
import { formatNumber } from "../core/text/format.ts";
import { listed } from "../core/text/listed.ts";
import type { ColumnQuality, MonitorFinding, QualityReport } from "../core/records/monitoring.ts";
import type { ColumnReference, Reference } from "../core/records/reference.ts";
import { wilsonUpper } from "../stats/distributions/binomial.ts";
import { finding } from "./finding.ts";
import { judgeShares, type Share } from "./judgeShares.ts";

export interface Limit {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** As in config.json. */
interface ShareLimits {
  readonly missing_share?: Limit | undefined;
  readonly new_categories?: Limit | undefined;
  readonly out_of_range?: Limit | undefined;
  readonly invalid_share?: Limit | undefined;
}

export interface QualityLimits extends ShareLimits {
  readonly duplicate_share?: Limit | undefined;
  readonly rows?: Limit | undefined;
  /** Maximum age of the newest row. */
  readonly freshnessDays?: number | undefined;
  readonly columns: Readonly<Record<string, ShareLimits>>;
}

/** One-sided 0.1 % quantile of the normal distribution: the chance that a learned limit is too low. */
const Z = 3.09;

interface ShareCheck {
  readonly name: string;
  readonly key: keyof ShareLimits;
  /** Status of a broken learned limit; a broken limit of config.json always fails. */
  readonly learned: "fail" | "warn";
  shareOf(column: ColumnQuality): number | null;
  /** The share in the reference; default 0. */
  usual?(reference: ColumnReference): number;
  /** Upper bound of the share if nothing changed. */
  allowed(reference: ColumnReference): number;
  /** Whether the share refers to all rows or to rows with a present value. */
  readonly of: "rows" | "present";
  detail?(column: ColumnQuality): string;
}

const checks: readonly ShareCheck[] = [
  {
    name: "missing values",
    key: "missing_share",
    learned: "fail",
    of: "rows",
    shareOf: ({ missingShare }) => missingShare,
    usual: ({ missing, count }) => missing / Math.max(1, missing + count),
    allowed: ({ missing, count }) => wilsonUpper(missing, missing + count, Z),
  },
  {
    name: "types",
    key: "invalid_share",
    learned: "fail",
    of: "rows",
    shareOf: ({ invalidShare }) => invalidShare,
    // A column with unreadable values in training would not have become a column of numbers.
    allowed: () => 0,
    detail: ({ invalidExample }) => (invalidExample === null ? "" : `, such as ${JSON.stringify(invalidExample)}`),
  },
  {
    name: "new categories",
    key: "new_categories",
    learned: "warn",
    of: "present",
    shareOf: ({ newShare }) => newShare,
    // The share of values seen once estimates the share of values never seen (Good, 1953).
    allowed: (reference) => wilsonUpper(seenOnce(reference), reference.count, Z),
    detail: ({ newCategories }) =>
      `: ${newCategories
        .slice(0, 3)
        .map((text) => JSON.stringify(text))
        .join(", ")}`,
  },
  {
    name: "range",
    key: "out_of_range",
    learned: "warn",
    of: "present",
    shareOf: ({ outsideShare }) => outsideShare,
    // The chance that a new value is a new minimum or maximum.
    allowed: ({ kind, count }) => (kind === "date" ? 0 : wilsonUpper(1, count, Z)),
    detail: ({ minimum, maximum, outsideExample }) =>
      outsideExample === undefined
        ? `: ${formatNumber(minimum)} to ${formatNumber(maximum)}`
        : `, such as ${outsideExample}`,
  },
];

export function qualityFindings(
  report: QualityReport,
  reference: Reference,
  limits: QualityLimits,
): readonly MonitorFinding[] {
  const constant = Object.entries(report.columns).flatMap(([name, column]) => (column.constant ? [name] : []));
  return [
    schemaFinding(report),
    ...checks.map((check) => shareFinding(check, report, { reference, limits })),
    noneFinding(
      "constant columns",
      constant,
      constant.length === 0 ? "no column is constant" : `only one value: ${constant.join(", ")}`,
    ),
    duplicateFinding(report, limits),
    rowsFinding(report, limits),
    ...freshnessFinding(report, limits),
  ];
}

function noneFinding(name: string, columns: readonly string[], message: string): MonitorFinding {
  const { length: value } = columns;
  return finding("quality", name, { status: value === 0 ? "pass" : "fail", value, limit: 0, message, columns });
}

function seenOnce(reference: ColumnReference): number {
  return reference.kind === "category" ? reference.counts.filter(([, count]) => count === 1).length : 0;
}

function shareFinding(
  check: ShareCheck,
  report: QualityReport,
  { reference, limits }: { readonly reference: Reference; readonly limits: QualityLimits },
): MonitorFinding {
  const shares = Object.entries(report.columns).flatMap(([name, column]): Share[] => {
    const share = check.shareOf(column);
    const known = Object.hasOwn(reference.columns, name) ? reference.columns[name] : undefined;
    const own = Object.hasOwn(limits.columns, name) ? limits.columns[name]?.[check.key] : undefined;
    const configured = (own ?? limits[check.key])?.max;
    if (share === null || (configured === undefined && known === undefined)) return [];
    const rows =
      check.of === "rows" ? report.rows : Math.round(report.rows * (1 - column.missingShare - column.invalidShare));
    const usual = (known && check.usual?.(known)) ?? 0;
    const detail = (share > 0 && check.detail?.(column)) || "";
    return [{ name, share, rows, usual, detail, configured, allowed: known === undefined ? 1 : check.allowed(known) }];
  });
  return judgeShares(check.name, shares, check.learned);
}

const named = (names: readonly string[]): string => listed(names, 10);

function schemaFinding({ missingColumns, extraColumns }: QualityReport): MonitorFinding {
  const extra = extraColumns.length === 0 ? "" : `; not used: ${named(extraColumns)}`;
  const message =
    missingColumns.length === 0 ? "all columns that the model needs are present" : `missing: ${named(missingColumns)}`;
  return noneFinding("schema", missingColumns, `${message}${extra}`);
}

function duplicateFinding(
  { duplicateShare, rows }: QualityReport,
  { duplicate_share: limit }: QualityLimits,
): MonitorFinding {
  const shared = { name: "rows", share: duplicateShare, rows, usual: 0, detail: "", allowed: 1 };
  const { columns: _, ...judged } = judgeShares("duplicates", [{ ...shared, configured: limit?.max }], "warn");
  const message = `${formatNumber(100 * duplicateShare)} % of the rows are duplicates of an earlier row`;
  return limit?.max === undefined ? { ...judged, limit: null, passes: null, message } : { ...judged, message };
}

function rowsFinding({ rows }: QualityReport, { rows: limit = { min: 1 } }: QualityLimits): MonitorFinding {
  const [few, many] = [rows < (limit.min ?? 0), rows > (limit.max ?? Infinity)];
  const beyond = many ? limit.max! : (limit.min ?? limit.max ?? null);
  return finding("quality", "rows", {
    status: few || many ? "fail" : "pass",
    value: rows,
    limit: beyond,
    passes: beyond === null ? null : many || limit.min === undefined ? "at_most" : "at_least",
    message: few ? "too few rows" : many ? "too many rows" : "the number of rows is as expected",
  });
}

/** Only if a limit is configured, because the rows of a file may be of any age. */
function freshnessFinding({ ageDays }: QualityReport, { freshnessDays }: QualityLimits): MonitorFinding[] {
  if (freshnessDays === undefined) return [];
  const status = ageDays === null ? "skipped" : ageDays > freshnessDays ? "fail" : "pass";
  const message = ageDays === null ? "no row has a time" : `the newest row is ${formatNumber(ageDays)} days old`;
  return [finding("quality", "freshness", { status, value: ageDays, limit: freshnessDays, message })];
}
