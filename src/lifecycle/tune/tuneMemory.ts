/** Trials of an earlier search of the same kind, and where those of this one are kept. */
import type { JsonObject } from "../../core/json.ts";
import type { Trial } from "../../pipeline/search/trial.ts";
import { pointText } from "../../pipeline/search/space.ts";
import { searchJournal } from "../../storage/records/searchJournal.ts";
import type { Session } from "../session.ts";
import type { PlannedSearch } from "./tuneSearches.ts";

export interface TrialMemory {
  readonly known: ReadonlyMap<number, Trial>;
  add(trial: Trial): void;
  /** Once a record holds them all. */
  forget(): void;
}

/** @param fresh forgets what was known */
export function rememberedTrials({ paths, store }: Session, { key }: PlannedSearch, fresh: boolean): TrialMemory {
  const journal = searchJournal(paths.models, key);
  if (fresh) journal.remove();
  const recorded = fresh ? [] : store.searches(key).flatMap(({ trials }) => trials as unknown as JsonObject[]);
  const known = new Map<number, Trial>();
  for (const line of [...recorded, ...journal.lines()]) if (isTrial(line)) known.set(line.number, line);
  return {
    known,
    add: (trial) => journal.append(trial as unknown as JsonObject),
    forget: () => journal.remove(),
  };
}

/** As far as anything here reads it. */
function isTrial(line: JsonObject): line is JsonObject & Trial {
  const { number, params, status, steps, value, seconds } = line;
  return (
    Number.isInteger(number) &&
    typeof params === "object" &&
    params !== null &&
    pointText(params as JsonObject) !== "" &&
    ["finished", "pruned", "failed"].includes(String(status)) &&
    Array.isArray(steps) &&
    steps.every(isValue) &&
    isValue(value) &&
    Number.isFinite(seconds)
  );
}

function isValue(each: unknown): boolean {
  return each === null || Number.isFinite(each);
}
