/** Compares shares of rows with limits, allowing for chance in small batches. */
import { percent } from "../core/text/format.ts";
import type { MonitorFinding } from "../core/records/monitoring.ts";
import { finding } from "./finding.ts";
import { binomialBound } from "../stats/distributions/binomial.ts";

/** Of a column. */
export interface Share {
  readonly name: string;
  readonly share: number;
  /** Number of rows that `share` refers to. */
  readonly rows: number;
  /** In the reference. */
  readonly usual: number;
  /** The largest share that is consistent with the reference; 1 if it is unknown. */
  readonly allowed: number;
  /** The limit of config.json; undefined if it is learned from the reference. */
  readonly configured: number | undefined;
  /** Appended to the message. */
  readonly detail: string;
}

/** Chance per batch that a learned limit is broken without a change, over all columns of a check together. */
const LEARNED_ALPHA = 0.001;

/** These are set on purpose, so less evidence is enough. */
const CONFIGURED_ALPHA = 0.05;

/** Minimum change that breaks a learned limit; otherwise tiny changes in millions of rows would count. */
const MINIMUM_CHANGE = 0.01;

type Judged = Share & Pick<MonitorFinding, "status"> & { readonly limit: number };

/** One-sided: a smaller share always passes. The value of the finding is that of the worst column. */
export function judgeShares(name: string, shares: readonly Share[], learned: "fail" | "warn"): MonitorFinding {
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

function worstFirst(a: Judged, b: Judged): number {
  if (a.status !== b.status) return a.status === "fail" ? -1 : 1;
  return b.share - b.limit - (a.share - a.limit);
}

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
