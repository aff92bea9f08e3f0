/** Keeps a note with a run: what people want to remember of a model. */
import { MlctlError } from "../core/errors.ts";
import { resolveRun } from "../storage/store/resolveRun.ts";
import { saveRecord } from "../storage/store/saveRecord.ts";
import type { Session } from "./session.ts";

/** Longer ones belong into a document. */
const MOST_CHARACTERS = 2000;

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
