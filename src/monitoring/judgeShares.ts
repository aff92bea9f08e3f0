/** Holds shares of rows against limits that give way to chance in small batches. */
import { formatNumber } from "../core/text/format.ts";
import type { MonitorFinding } from "../core/records/monitoring.ts";
import { binomialBound } from "../stats/distributions/binomialBound.ts";

export interface Share {
  /** The column. */
  readonly name: string;
  readonly share: number;
  /** Of how many rows. */
  readonly rows: number;
  /** In the reference. */
  readonly usual: number;
  /** The largest share that the reference allows for; 1 where it says nothing. */
  readonly allowed: number;
  /** The limit of config.json; undefined where the reference sets it. */
  readonly configured: number | undefined;
  /** Appended to the column's name. */
  readonly detail: string;
}

/** For all columns of a check together: a learned limit is broken by chance once in a thousand batches. */
const LEARNED_ALPHA = 0.001;

/** A configured limit is a person's word: one in twenty is sure enough. */
const CONFIGURED_ALPHA = 0.05;

/** A learned limit is not broken by less than this, or millions of rows would make a case of every trifle. */
const LEAST_CHANGE = 0.01;

interface Judged extends Share {
  readonly status: "pass" | "warn" | "fail";
  readonly limit: number;
}

/** One-sided: a smaller share always passes. The finding's value is the worst column's. */
export function judgeShares(name: string, shares: readonly Share[], learned: "fail" | "warn"): MonitorFinding {
  const judged = shares.map((share) => judge(share, { learned, columns: shares.length }));
  const broken = judged.filter(({ status }) => status !== "pass").toSorted(worstFirst);
  const worst = broken[0] ?? judged.toSorted((a, b) => b.share - a.share)[0];
  return {
    area: "quality",
    name,
    status: worst?.status ?? "pass",
    value: worst?.share ?? null,
    limit: worst?.limit ?? null,
    passes: worst === undefined ? null : "at_most",
    interval: null,
    message: messageOf(broken, worst),
  };
}

function judge(
  share: Share,
  { learned, columns }: { readonly learned: "fail" | "warn"; readonly columns: number },
): Judged {
  const count = Math.round(share.share * share.rows);
  if (share.configured !== undefined) {
    const limit = share.configured;
    const surely = count > binomialBound(share.rows, limit, CONFIGURED_ALPHA);
    return { ...share, limit, status: share.share <= limit ? "pass" : surely ? "fail" : "warn" };
  }
  const bound = binomialBound(share.rows, share.allowed, LEARNED_ALPHA / columns);
  const limit = Math.min(1, Math.max(share.usual + LEAST_CHANGE, share.rows === 0 ? 0 : bound / share.rows));
  // What cannot be in training is worth a word even once.
  const usual = share.allowed === 0 && count > 0 ? "warn" : "pass";
  return { ...share, limit, status: share.share > limit ? learned : usual };
}

function worstFirst(a: Judged, b: Judged): number {
  if (a.status !== b.status) return a.status === "fail" ? -1 : 1;
  return b.share - b.limit - (a.share - a.limit);
}

function messageOf(broken: readonly Judged[], worst: Judged | undefined): string {
  if (worst === undefined) return "no column to look at";
  if (broken.length === 0) return worst.share === 0 ? "none" : `most in "${worst.name}"`;
  const told = broken.slice(0, 5).map(({ name, share, limit, usual, detail, configured, status }) => {
    const against = configured === undefined ? `usual ${percent(usual)}` : `limit ${percent(limit)}`;
    const doubt = configured !== undefined && status === "warn" ? ", too few rows to be sure" : "";
    return `"${name}" ${percent(share)} (${against}${doubt})${detail}`;
  });
  return `${told.join("; ")}${broken.length > 5 ? `; and ${broken.length - 5} more columns` : ""}`;
}

function percent(share: number): string {
  return `${formatNumber(Number((100 * share).toPrecision(3)))} %`;
}
