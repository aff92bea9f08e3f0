/** DropSource: a place where files are dropped, and where they and their results are put away. */
import type { Claim } from "./dropClaims.ts";

export interface ReadyDrops {
  /** Whole files, oldest first. */
  readonly drops: readonly { readonly given: string; readonly etag?: string }[];
  /** Files that may still be arriving. */
  readonly arriving: number;
  /** Of these, how many were first seen less than the time ago that a file must not change: most will be whole soon. */
  readonly undecided: number;
}

export type DropStatus = "processed" | "errored";

/** A file in the claim's folder and where it goes. */
export interface Move {
  /** Name in the claim's folder. */
  readonly from: string;
  /** Path below the folder of the status. */
  readonly to: string;
}

/** What was decided, written down before anything is moved: who finishes after a crash does just this. */
export interface Outcome<R = unknown> {
  readonly status: DropStatus;
  /** The results first, the dropped file last: while that is not moved, it is not done. */
  readonly moves: readonly Move[];
  readonly result: R;
}

export interface DropSource {
  /** As people and claims call it. */
  readonly name: string;
  ready(): Promise<ReadyDrops>;
  /** Whether something lies under that name already. */
  isTaken(name: string): Promise<boolean>;
  /** Brings the dropped file into the claim's folder; false where another watcher was faster. */
  fetch(claim: Claim): Promise<boolean>;
  /** Nothing is overwritten; doing it again after a crash changes nothing. @returns where each move ended, by `from` */
  publish(claim: Claim, outcome: Outcome, log: string): Promise<ReadonlyMap<string, string>>;
  /** Where the log of a drop is written on this machine, absolute. */
  logPath(name: string): string;
}
