/** Resolves a REF of the command line to a run. */
import { MlctlError } from "../../core/errors.ts";
import type { Run } from "../../core/records/run.ts";
import { suggest } from "../../core/text/suggest.ts";
import type { RunStore } from "./runStore.ts";

/**
 * @param reference "latest", a model version ("v3"), an alias ("@champion"), a run id or its unique prefix
 * @throws {MlctlError} "usage" if no run or several runs match, "notReady" if there are no runs or models yet
 */
export function resolveRun(store: RunStore, reference: string): Run {
  if (reference === "latest") return latest(store);
  if (reference.startsWith("@")) return byAlias(store, reference.slice(1));
  const version = /^v(\d+)$/.exec(reference)?.[1];
  return version === undefined ? store.findRun(reference) : byVersion(store, Number(version));
}

function latest(store: RunStore): Run {
  const run = store.latestModelRun();
  if (run === undefined)
    throw new MlctlError("notReady", "there is no trained model yet", { hint: "run `mlctl train`" });
  return run;
}

function byAlias(store: RunStore, name: string): Run {
  const run = store.runOfAlias(name);
  if (run !== undefined) return run;
  const known = store.aliases().find((alias) => alias.name === name);
  if (known !== undefined) {
    throw new MlctlError("data", `the record of run ${known.runId} (alias @${name}) is missing`, {
      hint: "restore its run_<id>.json, then run `mlctl reindex`",
    });
  }
  const closest = suggest(name, new Set(store.aliases().map((alias) => alias.name)));
  throw new MlctlError("usage", `there is no alias @${name}`, {
    hint: closest === undefined ? "`mlctl models list` shows the aliases" : `did you mean @${closest}?`,
  });
}

function byVersion(store: RunStore, version: number): Run {
  const run = store.runOfVersion(version);
  if (run !== undefined) return run;
  const newest = store.nextModelVersion() - 1;
  const hint = newest === 0 ? "run `mlctl train`" : `the newest is v${newest}`;
  throw new MlctlError(newest === 0 ? "notReady" : "usage", `there is no model v${version}`, { hint });
}
