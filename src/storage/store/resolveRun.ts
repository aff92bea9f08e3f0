/** Resolves a REF of the command line to a run. */
import { MlctlError } from "../../core/errors.ts";
import type { Deployment, Run } from "../../core/records/lineage.ts";
import { firstLines } from "../../core/text/format.ts";
import { suggest } from "../../core/text/suggest.ts";
import type { RunStore } from "./runStore.ts";

/**
 * @param reference "latest", a model version ("v3"), an alias ("@champion"), a run id or its unique prefix
 * @throws {MlctlError} "usage" if no run or several runs match, "notReady" if there are no runs or models yet
 */
export function resolveRun(store: RunStore, reference: string): Run {
  if (reference === "latest") return store.latestModelRun() ?? refuse("there is no trained model yet");
  if (reference.startsWith("@")) return byAlias(store, reference.slice(1));
  const version = /^v(\d+)$/.exec(reference)?.[1];
  if (version === undefined) return findRun(store, reference);
  const newest = store.nextModelVersion() - 1;
  const hint = newest === 0 ? undefined : `the newest is v${newest}`;
  return store.runOfVersion(Number(version)) ?? refuse(`there is no model v${version}`, hint);
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
  return refuse(
    `there is no alias @${name}`,
    closest ? `did you mean @${closest}?` : "`mlctl models list` shows the aliases",
  );
}

/** By id or unique prefix. @throws {MlctlError} kind "usage" if none or several match, "notReady" if there are no runs */
export function findRun(store: RunStore, reference: string): Run {
  const exact = store.run(reference);
  if (exact !== undefined) return exact;
  const ids = store.runIds(reference);
  if (ids.length === 1 && reference !== "") return store.run(ids[0]!)!;
  if (ids.length > 1)
    refuse(`${ids.length} runs begin with "${reference}"`, "give more characters of the id", firstLines(ids));
  refuseDeployed(store.deployments(), reference);
  const all = store.runIds();
  if (all.length === 0) refuse("there are no runs yet");
  const closest = suggest(reference, all);
  return refuse(`there is no run ${reference}`, closest ? `did you mean ${closest}?` : "`mlctl runs list` shows them");
}

/** @param hint undefined: there is nothing yet */
function refuse(message: string, hint?: string, details: readonly string[] = []): never {
  if (hint === undefined) throw new MlctlError("notReady", message, { hint: "run `mlctl train`" });
  throw new MlctlError("usage", message, { hint, details });
}

/** A run of which only deployments remain. @param deployments newest first */
function refuseDeployed(deployments: readonly Deployment[], reference: string): void {
  const matching = deployments.filter(({ runId }) => reference !== "" && runId.startsWith(reference));
  const [newest] = matching;
  if (newest === undefined || matching.some(({ runId }) => runId !== newest.runId)) return;
  const { runId, deploymentId, deployedAt, prunedAt } = newest;
  if (prunedAt === undefined) {
    const hint = "restore its run_<id>.json from a backup, then run `mlctl reindex`";
    refuse(`run ${runId}, which deployment ${deploymentId} deployed, has no record`, hint);
  }
  const hint = `\`mlctl at ${deployedAt}\` shows the deployment; a backup from before ${prunedAt} has its files`;
  refuse(`run ${runId} was pruned: only the record of deployment ${deploymentId} remains`, hint);
}
