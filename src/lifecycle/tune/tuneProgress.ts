/** Reports the progress of a search and the best trial so far. */
import type { Context } from "../../core/context.ts";
import { MlctlError } from "../../core/errors.ts";
import { formatNumber } from "../../core/text/format.ts";
import type { Trial } from "../../pipeline/search/race.ts";
import type { PlannedSearch } from "./tuneSearches.ts";

export interface TuneProgress {
  trial(search: PlannedSearch, trial: Trial): void;
  /** Replaces the error of the abort signal by one with the best trial so far and how to continue. */
  interrupted(error: unknown): unknown;
}

/**
 * @param options.hasEnd whether the number of trials is known
 * @param options.helpers the workers of other machines, in words
 */
export function tuneProgress(
  context: Context,
  searches: readonly PlannedSearch[],
  { hasEnd, helpers }: { readonly hasEnd: boolean; readonly helpers: () => string | undefined },
): TuneProgress {
  const total = searches.reduce((sum, { trials }) => sum + trials, 0);
  let done = 0;
  let best: { readonly search: PlannedSearch; readonly trial: Trial } | undefined;
  const emit = (): void => {
    const found = best === undefined ? [] : [`best ${bestText(best.search, best.trial)}`];
    const notes = [...found, helpers() ?? []].flat();
    const note = notes.length === 0 ? {} : { note: notes.join("; ") };
    const end = hasEnd ? { total } : {};
    context.emit({ type: "progress", stage: "tune", done, ...end, unit: "trials", ...note });
  };
  emit();
  return {
    trial(search, trial) {
      done++;
      if (isBetter(search, trial, best?.trial)) best = { search, trial };
      emit();
    },
    interrupted(error) {
      if (!(error instanceof MlctlError)) return error;
      const found =
        best === undefined
          ? ""
          : `; best so far: ${bestText(best.search, best.trial)}, ${JSON.stringify(best.trial.params)}`;
      return new MlctlError(
        error.kind,
        `${error.message} after ${done}${hasEnd ? ` of ${total}` : ""} trials${found}`,
        {
          cause: error,
          hint: "finished trials are saved: run the same command again to continue",
        },
      );
    },
  };
}

function isBetter({ plan }: PlannedSearch, { status, value }: Trial, than: Trial | undefined): boolean {
  if (status !== "finished" || value === null) return false;
  return than === undefined || (plan.greaterIsBetter ? value > than.value! : value < than.value!);
}

function bestText({ subject }: PlannedSearch, { value }: Trial): string {
  const { metric, family, featureSet } = subject.candidate;
  return `${metric} ${formatNumber(value)} (${family}${featureSet === "all" ? "" : ` on ${featureSet}`})`;
}
