/** Findings about data quality: one for each check, with the value of the worst column. */
import { counted, formatNumber, percent, listed, milliseconds, MILLISECONDS_A_DAY } from "../core/text/format.ts";
import type { ColumnQuality, MonitorArea, MonitorFinding, QualityReport } from "../core/records/monitoring.ts";
import type { ColumnReference, Reference } from "../core/records/model.ts";
import type { JudgeOptions, QualityLimits, ShareName } from "./judgeOptions.ts";
import { binomialBound, wilsonUpper } from "../stats/distributions.ts";

type Details = Pick<MonitorFinding, "status" | "value" | "limit" | "message"> & Partial<MonitorFinding>;

/** By default its value must be at most the limit, and it has no interval. */
export function finding(area: MonitorArea, name: string, details: Details): MonitorFinding {
  return { area, name, passes: "at_most", interval: null, ...details };
}

type Limits = Pick<JudgeOptions["monitor"], "quality" | "minimum_rows">;

/** One-sided 0.1 % quantile of the normal distribution: the chance that a learned limit is too low. */
const Z = 3.09;

interface ShareCheck {
  readonly name: string;
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

const checks: Readonly<Record<ShareName, ShareCheck>> = {
  missing_share: {
    name: "missing values",
    learned: "fail",
    of: "rows",
    shareOf: ({ missingShare }) => missingShare,
    usual: ({ missing, count }) => missing / Math.max(1, missing + count),
    allowed: ({ missing, count }) => wilsonUpper(missing, missing + count, Z),
  },
  invalid_share: {
    name: "types",
    learned: "fail",
    of: "rows",
    shareOf: ({ invalidShare }) => invalidShare,
    // A column with unreadable values in training would not have become a column of numbers.
    allowed: () => 0,
    detail: ({ invalidExample }) => (invalidExample === null ? "" : `, such as ${JSON.stringify(invalidExample)}`),
  },
  new_categories: {
    name: "new categories",
    learned: "warn",
    of: "present",
    shareOf: ({ newShare }) => newShare,
    // The share of values seen once estimates the share of values never seen (Good, 1953).
    allowed: (reference) => wilsonUpper(seenOnce(reference), reference.count, Z),
    detail: ({ newCategories }) => {
      const named = newCategories.slice(0, 3).map((text) => JSON.stringify(text));
      return `: ${named.join(", ")}`;
    },
  },
  out_of_range: {
    name: "range",
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
};

export function qualityFindings(
  report: QualityReport,
  reference: Reference,
  limits: Limits,
): readonly MonitorFinding[] {
  const constant = Object.entries(report.columns).flatMap(([name, column]) => (column.constant ? [name] : []));
  const constants = constant.length === 0 ? "no column is constant" : `only one value: ${constant.join(", ")}`;
  return [
    schemaFinding(report),
    ...(Object.keys(checks) as ShareName[]).map((key) => shareFinding(key, report, { reference, limits })),
    noneFinding("constant columns", constant, constants),
    duplicateFinding(report, limits.quality),
    rowsFinding(report, limits.quality),
    ...freshnessFinding(report, limits.quality),
  ];
}

function noneFinding(name: string, columns: readonly string[], message: string): MonitorFinding {
  const { length: value } = columns;
  return finding("quality", name, { status: value === 0 ? "pass" : "fail", value, limit: 0, message, columns });
}

const seenOnce = (reference: ColumnReference): number =>
  reference.kind === "category" ? reference.counts.filter(([, count]) => count === 1).length : 0;

function shareFinding(
  key: ShareName,
  report: QualityReport,
  { reference, limits }: { readonly reference: Reference; readonly limits: Limits },
): MonitorFinding {
  const check = checks[key];
  const { quality, minimum_rows: minimumRows } = limits;
  const shares = Object.entries(report.columns).flatMap(([name, column]): Share[] => {
    const share = check.shareOf(column);
    const known = Object.hasOwn(reference.columns, name) ? reference.columns[name] : undefined;
    const own = Object.hasOwn(quality.columns, name) ? quality.columns[name]?.[key] : undefined;
    const configured = (own ?? quality[key])?.max;
    if (share === null || (configured === undefined && known === undefined)) return [];
    const rows =
      check.of === "rows" ? report.rows : Math.round(report.rows * (1 - column.missingShare - column.invalidShare));
    const usual = (known && check.usual?.(known)) ?? 0;
    const detail = (share > 0 && check.detail?.(column)) || "";
    return [{ name, share, rows, usual, detail, configured, allowed: known === undefined ? 1 : check.allowed(known) }];
  });
  const found = judgeShares(check.name, shares, check.learned);
  // Of fewer rows, learned limits judge no share as usual; one that is unusual even so is reported.
  const isFew = report.rows < minimumRows && shares.some(({ configured }) => configured === undefined);
  if (!isFew || found.status !== "pass") return found;
  return { ...found, status: "skipped", message: `${counted(report.rows, "row")}, at least ${minimumRows} are needed` };
}

function schemaFinding({ missingColumns, extraColumns }: QualityReport): MonitorFinding {
  const extra = extraColumns.length === 0 ? "" : `; not used: ${listed(extraColumns, 10)}`;
  const message =
    missingColumns.length === 0
      ? "all columns that the model needs are present"
      : `missing: ${listed(missingColumns, 10)}`;
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
function freshnessFinding({ ageDays }: QualityReport, { freshness }: QualityLimits): MonitorFinding[] {
  if (freshness === undefined) return [];
  const limit = milliseconds(freshness) / MILLISECONDS_A_DAY;
  const status = ageDays === null ? "skipped" : ageDays > limit ? "fail" : "pass";
  const message = ageDays === null ? "no row has a time" : `the newest row is ${formatNumber(ageDays)} days old`;
  return [finding("quality", "freshness", { status, value: ageDays, limit, message })];
}

interface Share {
  readonly name: string;
  readonly share: number;
  readonly rows: number;
  /** The share in the reference, and the largest one that is consistent with it, 1 if it is unknown. */
  readonly usual: number;
  readonly allowed: number;
  /** The limit of config.json; undefined if it is learned from the reference. */
  readonly configured: number | undefined;
  readonly detail: string;
}

/** Chance per batch that a learned limit is broken without a change, over all columns of a check together. */
const LEARNED_ALPHA = 0.001;
/** Limits of config.json are set on purpose, so less evidence is enough. */
const CONFIGURED_ALPHA = 0.05;

/** Minimum change that breaks a learned limit; otherwise tiny changes in millions of rows would count. */
const MINIMUM_CHANGE = 0.01;

type Judged = Share & Pick<MonitorFinding, "status"> & { readonly limit: number };

/** One-sided: a smaller share always passes. The value of the finding is that of the worst column. */
function judgeShares(name: string, shares: readonly Share[], learned: "fail" | "warn"): MonitorFinding {
  const judged = shares.map((share) => judge(share, learned, shares.length));
  const broken = judged.filter(({ status }) => status !== "pass").toSorted(worstFirst);
  const worst = broken[0] ?? judged.toSorted((a, b) => b.share - a.share)[0];
  return finding("quality", name, {
    status: worst?.status ?? "pass",
    value: worst?.share ?? null,
    limit: worst?.limit ?? null,
    passes: worst === undefined ? null : "at_most",
    message: messageOf(broken, worst),
    columns: broken.map((each) => each.name),
  });
}

function judge(share: Share, learned: "fail" | "warn", columns: number): Judged {
  const count = Math.round(share.share * share.rows);
  if (share.configured !== undefined) {
    const limit = share.configured;
    const isCertain = count > binomialBound(share.rows, limit, CONFIGURED_ALPHA);
    return { ...share, limit, status: share.share <= limit ? "pass" : isCertain ? "fail" : "warn" };
  }
  const bound = binomialBound(share.rows, share.allowed, LEARNED_ALPHA / columns);
  const limit = Math.min(1, Math.max(share.usual + MINIMUM_CHANGE, share.rows === 0 ? 0 : bound / share.rows));
  // What never occurs in training is worth a warning even once.
  const usual = share.allowed === 0 && count > 0 ? "warn" : "pass";
  return { ...share, limit, status: share.share > limit ? learned : usual };
}

const worstFirst = (a: Judged, b: Judged): number =>
  a.status === b.status ? b.share - b.limit - (a.share - a.limit) : a.status === "fail" ? -1 : 1;

function messageOf(broken: readonly Judged[], worst: Judged | undefined): string {
  if (worst === undefined) return "no column to check";
  if (broken.length === 0) return worst.share === 0 ? "none" : `highest in "${worst.name}"`;
  const parts = broken.slice(0, 5).map(({ name, share, limit, usual, detail, configured, status }) => {
    const baseline = configured === undefined ? `usual ${percent(usual)}` : `limit ${percent(limit)}`;
    const doubt = configured !== undefined && status === "warn" ? ", but too few rows to be certain" : "";
    return `"${name}" ${percent(share)} (${baseline}${doubt})${detail}`;
  });
  return `${parts.join("; ")}${broken.length > 5 ? `; and ${broken.length - 5} more columns` : ""}`;
}
