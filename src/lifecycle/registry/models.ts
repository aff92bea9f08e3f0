/** models: lists the models of a workspace, and sets their aliases and notes. */
import { MlctlError } from "../../core/errors.ts";
import { type Deployment, isUserTag, type Run } from "../../core/records/lineage.ts";
import { originText } from "../../core/text/recordText.ts";
import { resolveRun } from "../../storage/store/resolveRun.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import type { Session } from "../session.ts";

export type ModelRow = ReturnType<typeof listModels>[number];
export type NoteResult = Awaited<ReturnType<typeof noteModel>>;

/** Newest first. */
export function listModels({ store }: Session) {
  const deployments = store.deployments();
  const known = store.aliases();
  // If deployment.json and aliases.json define the same alias, that of the deployment wins.
  const deployed = new Set(known.filter(({ source }) => source === "deployment").map(({ name }) => name));
  const aliases = known.filter(({ source, name }) => source === "deployment" || !deployed.has(name));
  return store.runs({ withModel: true }).map((run) => {
    const last = deployments.find(({ runId }) => runId === run.runId);
    return {
      version: run.modelVersion!,
      runId: run.runId,
      createdAt: run.createdAt,
      family: run.family,
      metric: run.score?.metric ?? null,
      value: run.score?.value ?? null,
      aliases: aliases.filter(({ runId }) => runId === run.runId).map(({ name }) => name),
      inProduction: deployments[0]?.runId === run.runId,
      lastDeployedAt: last?.deployedAt ?? null,
      /** Of the last deployment: who, where and why; null for records of earlier versions. */
      deployedBy: (last && originText(last)) || null,
      path: run.model!.path,
      note: run.note ?? null,
    };
  });
}

/** Sets or removes an alias. @returns the run that the alias points to now; null if it was removed */
export async function setAlias(
  session: Session,
  { name, reference, remove }: { name: string; reference: string | undefined; remove: boolean },
): Promise<{ name: string; runId: string | null }> {
  const { store, config } = session;
  const plain = name.replace(/^@/, "");
  // The same rules as in MLflow, so that an alias cannot be confused with a version.
  if (!/^[\w-]{1,255}$/.test(plain) || /^(latest|v\d+)$/i.test(plain))
    throw new MlctlError("usage", `${JSON.stringify(plain)} cannot be an alias`, {
      hint: 'use letters, digits, _ and -; "latest" and versions such as "v3" are reserved',
    });
  if (config.promotion.aliases.includes(plain) && !remove) throw followsDeployment(plain);
  const { top, always_alias: always } = config.promotion;
  if ([...top, ...always].includes(plain) && !remove) {
    throw new MlctlError("usage", `@${plain} is set by training`, {
      hint: "remove it from promotion.top or promotion.always_alias in config.json to set it by hand",
    });
  }
  const known = store.aliases();
  if (known.some((alias) => alias.name === plain && alias.source === "deployment")) {
    throw followsDeployment(plain);
  }
  const manual = known.filter(({ source, name: other }) => source === "manual" && other !== plain);
  if (remove && manual.length === known.filter(({ source }) => source === "manual").length) {
    throw new MlctlError("usage", `there is no alias @${plain}`, {
      hint: "run `mlctl models list` to see all aliases",
    });
  }
  if (!remove && reference === undefined)
    throw new MlctlError("usage", "missing REF: the model to give this alias", {
      hint: "use `mlctl models alias NAME REF`",
    });
  const run = remove ? null : resolveRun(store, reference!);
  if (run?.model === null)
    throw new MlctlError("usage", `run ${run.runId} has no model file`, {
      hint: "run `mlctl models list` to see the runs that have one",
    });
  const aliases = Object.fromEntries(manual.map(({ name: other, runId }) => [other, runId]));
  if (run !== null) aliases[plain] = run.runId;
  await saveRecord(session, { kind: "aliases", aliases });
  return { name: plain, runId: run?.runId ?? null };
}

function followsDeployment(name: string): MlctlError {
  return new MlctlError("usage", `@${name} always points to the deployed model`, {
    hint: "run `mlctl deploy` to move it",
  });
}

const MAX_NOTE_LENGTH = 2000;

/** Saves a note with a run. @param text an empty string removes the note */
export async function noteModel(session: Session, reference: string, text: string) {
  const { note: previous = null, ...run } = resolveRun(session.store, reference);
  const note = text.trim();
  if (note.length > MAX_NOTE_LENGTH) {
    throw new MlctlError("usage", `a note has at most ${MAX_NOTE_LENGTH} characters, not ${note.length}`);
  }
  if (note !== (previous ?? "")) await saveRecord(session, note === "" ? run : { ...run, note });
  return { runId: run.runId, modelVersion: run.modelVersion, note: note === "" ? null : note, previous };
}

export function deploymentsOf({ store }: Session, run: Run | null): Deployment[] {
  return store.deployments().filter(({ runId }) => runId === run?.runId);
}

export function showRun(session: Session, reference: string): { run: Run; deployments: Deployment[] } {
  const run = resolveRun(session.store, reference);
  return { run, deployments: deploymentsOf(session, run) };
}

/** Sets tags of a run and removes others. @returns the run as it is now @throws {MlctlError} kind "usage" if there is no such tag to remove */
export async function tagRun(
  session: Session,
  reference: string,
  { set, remove }: { readonly set: Run["tags"]; readonly remove: readonly string[] },
): Promise<Run> {
  const run = resolveRun(session.store, reference);
  const missing = remove.find((name) => !isUserTag(name) || run.tags[name] === undefined);
  if (missing !== undefined) {
    throw new MlctlError("usage", `run ${run.runId} has no tag "${missing}"`, {
      hint: `run \`mlctl runs show ${run.runId}\` to see its tags`,
    });
  }
  const kept = Object.entries(run.tags).filter(([name]) => !remove.includes(name));
  const tagged = { ...run, tags: { ...Object.fromEntries(kept), ...set } };
  await saveRecord(session, tagged);
  return tagged;
}
