/** The models of a workspace and the names they answer to. */
import { MlctlError } from "../../core/errors.ts";
import type { Run } from "../../core/records/run.ts";
import { resolveRun } from "../../storage/store/resolveRun.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import { loadModel, type LoadedModel } from "../loadModel.ts";
import type { Alias } from "../../storage/store/runStore.ts";
import type { Session } from "../session.ts";

export interface ModelRow {
  readonly version: number;
  readonly runId: string;
  readonly createdAt: string;
  readonly family: string;
  readonly metric: string | null;
  /** On the test data. */
  readonly value: number | null;
  readonly aliases: readonly string[];
  readonly inProduction: boolean;
  readonly lastDeployedAt: string | null;
  readonly path: string;
  readonly note: string | null;
}

export type ShownModel = LoadedModel;

/** Newest first. */
export function listModels({ store }: Session): ModelRow[] {
  const deployments = store.deployments();
  const aliases = winningAliases(store.aliases());
  return store.runs({ withModel: true }).map((run) => ({
    version: run.modelVersion!,
    runId: run.runId,
    createdAt: run.createdAt,
    family: run.family,
    metric: run.score?.metric ?? null,
    value: run.score?.value ?? null,
    aliases: aliases.filter(({ runId }) => runId === run.runId).map(({ name }) => name),
    inProduction: deployments[0]?.runId === run.runId,
    lastDeployedAt: deployments.find(({ runId }) => runId === run.runId)?.deployedAt ?? null,
    path: run.model!.path,
    note: run.note ?? null,
  }));
}

/** @param reference a run, version, alias, "latest" or the path of a model file */
export function showModel(session: Session, reference: string): Promise<ShownModel> {
  return loadModel(session, reference);
}

export interface AliasRequest {
  readonly name: string;
  readonly reference: string | undefined;
  readonly remove: boolean;
}

/** @returns the run that the name now means; null when it was taken away */
export function setAlias(
  { store, paths, config }: Session,
  { name, reference, remove }: AliasRequest,
): { name: string; runId: string | null } {
  const plain = name.replace(/^@/, "");
  checkName(plain);
  if (config.promotion.aliases.includes(plain) && !remove) throw followsDeployment(plain);
  const { top, always_alias: always } = config.promotion;
  if ([...top, ...always].includes(plain) && !remove) {
    throw new MlctlError("usage", `@${plain} follows training`, {
      hint: "take it out of promotion.top or promotion.always_alias of config.json to set it by hand",
    });
  }
  const known = store.aliases();
  if (known.some((alias) => alias.name === plain && alias.source === "deployment")) {
    throw followsDeployment(plain);
  }
  const manual = known.filter(({ source, name: other }) => source === "manual" && other !== plain);
  if (remove && manual.length === known.filter(({ source }) => source === "manual").length) {
    throw new MlctlError("usage", `there is no alias @${plain}`, {
      hint: "`mlctl models list` shows the aliases there are",
    });
  }
  const run = remove ? null : target(resolveRun(store, required(reference)));
  const aliases = Object.fromEntries(manual.map(({ name: other, runId }) => [other, runId]));
  if (run !== null) aliases[plain] = run.runId;
  saveRecord(paths, store, { kind: "aliases", aliases });
  return { name: plain, runId: run?.runId ?? null };
}

/** As in MLflow, so that a name is never taken for a version. */
function checkName(name: string): void {
  if (/^[\w-]{1,255}$/.test(name) && !/^(latest|v\d+)$/i.test(name)) return;
  throw new MlctlError("usage", `${JSON.stringify(name)} cannot be an alias`, {
    hint: 'use letters, digits, _ and -; not "latest" and not "v3"',
  });
}

function required(reference: string | undefined): string {
  if (reference !== undefined) return reference;
  throw new MlctlError("usage", "which model is to have that name?", { hint: "mlctl models alias NAME REF" });
}

function target(run: Run): Run {
  if (run.model !== null) return run;
  throw new MlctlError("usage", `run ${run.runId} kept no model`, { hint: "`mlctl models list` shows those that did" });
}

function followsDeployment(name: string): MlctlError {
  return new MlctlError("usage", `@${name} follows what is deployed`, { hint: "`mlctl deploy` moves it" });
}

/** Where deployment.json and aliases.json have a name both, the deployment's counts. */
function winningAliases(aliases: readonly Alias[]): Alias[] {
  const deployed = new Set(aliases.filter(({ source }) => source === "deployment").map(({ name }) => name));
  return aliases.filter(({ source, name }) => source === "deployment" || !deployed.has(name));
}

/** Longer ones belong into a document. */
const MOST_CHARACTERS = 2000;

/** Keeps a note with a run: what people want to remember of a model. */
export interface NoteResult {
  readonly runId: string;
  readonly modelVersion: number | null;
  /** Null where there is none any more. */
  readonly note: string | null;
  readonly previous: string | null;
}

/** @param text an empty one takes the note away */
export function noteModel({ store, paths }: Session, reference: string, text: string): NoteResult {
  const { note: previous = null, ...run } = resolveRun(store, reference);
  const note = text.trim();
  if (note.length > MOST_CHARACTERS) {
    throw new MlctlError("usage", `a note has at most ${MOST_CHARACTERS} characters, not ${note.length}`);
  }
  if (note !== (previous ?? "")) saveRecord(paths, store, note === "" ? run : { ...run, note });
  return { runId: run.runId, modelVersion: run.modelVersion, note: note === "" ? null : note, previous };
}

/** The run that a REF on the command line means. @throws {MlctlError} kind "usage" where it names none or several */
export function namedRun({ store }: Session, reference: string): Run {
  return resolveRun(store, reference);
}
