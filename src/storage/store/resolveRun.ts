/** Resolves a REF of the command line to a run. */
import { MlctlError } from "../../core/errors.ts";
import type { Deployment, Run } from "../../core/records/lineage.ts";
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
  return version === undefined ? findRun(store, reference) : byVersion(store, Number(version));
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

/** By id or unique prefix. @throws {MlctlError} kind "usage" if none or several match, "notReady" if there are no runs */
export function findRun(store: RunStore, reference: string): Run {
  const exact = store.run(reference);
  if (exact !== undefined) return exact;
  const ids = store.runIds(reference);
  if (ids.length === 1 && reference !== "") return store.run(ids[0]!)!;
  if (ids.length > 1) {
    const more = ids.length > LISTED ? [`… and ${ids.length - LISTED} more`] : [];
    throw new MlctlError("usage", `${ids.length} runs begin with "${reference}"`, {
      hint: "give more characters of the id",
      details: [...ids.slice(0, LISTED), ...more],
    });
  }
  const deployed = deployedRunError(store.deployments(), reference);
  if (deployed !== undefined) throw deployed;
  const all = store.runIds();
  if (all.length === 0) throw new MlctlError("notReady", "there are no runs yet", { hint: "run `mlctl train`" });
  const closest = suggest(reference, all);
  const hint = closest === undefined ? "`mlctl runs list` shows them" : `did you mean ${closest}?`;
  throw new MlctlError("usage", `there is no run ${reference}`, { hint });
}

/** Maximum number of candidates in an error message. */
const LISTED = 8;

/** Undefined if no deployment matches, or those of several runs. @param deployments newest first */
function deployedRunError(deployments: readonly Deployment[], reference: string): MlctlError | undefined {
  const matching = deployments.filter(({ runId }) => reference !== "" && runId.startsWith(reference));
  const [newest] = matching;
  if (newest === undefined || matching.some(({ runId }) => runId !== newest.runId)) return undefined;
  const { runId, deploymentId, deployedAt, prunedAt } = newest;
  if (prunedAt === undefined) {
    return new MlctlError("usage", `run ${runId}, which deployment ${deploymentId} deployed, has no record`, {
      hint: "restore its run_<id>.json from a backup, then run `mlctl reindex`",
    });
  }
  return new MlctlError("usage", `run ${runId} was pruned: only the record of deployment ${deploymentId} remains`, {
    hint: `\`mlctl at ${deployedAt}\` shows the deployment; a backup from before ${prunedAt} has its files`,
  });
}
