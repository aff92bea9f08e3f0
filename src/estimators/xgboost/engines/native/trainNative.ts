/** Trains one model in an installed libxgboost; blocks the thread, so it runs in worker.ts. */
import { watchRounds } from "../../train/roundMetrics.ts";
import { checked, nativeLibrary, type Handle } from "./nativeLibrary.ts";
import { orderRows } from "./orderRows.ts";
import { quantileMatrix } from "./quantileMatrix.ts";
import { keepsBins, PROGRESS_STEPS, type TrainingJob, type WatchJob } from "../engine.ts";

/**
 * @param job its rows may change places, and its values are gone afterwards where bins take their place
 * @param least cells from which bins take the place of values, and from which rows are sorted
 * @returns XGBoost's JSON model; if the job has evaluation rows, the best round as JSON, with the model if it is kept
 * @throws {Error} with the message of the library
 */
export function trainNative(
  job: TrainingJob,
  onProgress: (share: number) => void,
  least: { readonly binned?: number; readonly sorted?: number } = {},
): Uint8Array<ArrayBuffer> {
  orderRows(job, (sample) => trainNative(sample, () => undefined, { sorted: Infinity }), least.sorted);
  const training = trainingRounds(job, { leastCells: least.binned, takesValues: true });
  const step = Math.ceil(job.rounds / PROGRESS_STEPS);
  for (;;) {
    const next = training.next();
    if (next.done) return next.value;
    const { round } = next.value;
    if (round % step === 0 || round === job.rounds) onProgress(round / job.rounds);
  }
}

/** What a training goes on from, as if it had not been interrupted. */
export interface Checkpoint {
  /** Number of rounds that are done. */
  readonly round: number;
  /** The metric on the evaluation rows after each of them; empty without such rows. */
  readonly scores: readonly number[];
  readonly model: Uint8Array;
}

/** After a round. */
interface Round extends Omit<Checkpoint, "model"> {
  /** The model. Where rounds sample, those that follow depend on whether it was called. */
  save(): Uint8Array<ArrayBuffer>;
}

interface RoundsOptions {
  readonly leastCells?: number | undefined;
  readonly last?: Checkpoint | undefined;
  /** The memory of the values is freed as soon as bins have taken their place. */
  readonly takesValues?: boolean;
}

/** The same, which pauses after every round. */
export function* trainingRounds(
  job: TrainingJob,
  { leastCells, last, takesValues = false }: RoundsOptions,
): Generator<Round, Uint8Array<ArrayBuffer>, undefined> {
  const library = nativeLibrary(job.library!);
  const check = checked(library);
  const matrix: [Handle] = [null];
  const evaluated: [Handle] = [null];
  const booster: [Handle] = [null];
  // The matrix computes its bins with them, independent of the booster's parameter.
  const threads = Number(job.params["nthread"] ?? 0);
  const fill = (to: [Handle], rows: Pick<WatchJob, "values" | "rowCount" | "labels" | "weights">): void => {
    check(library.createMatrix(rows.values, rows.rowCount, job.columnCount, Number.NaN, to, threads));
    check(library.setFloats(to[0], "label", rows.labels, rows.rowCount));
    if (rows.weights) check(library.setFloats(to[0], "weight", rows.weights, rows.rowCount));
  };
  const save = (format: "json" | "ubj"): Uint8Array<ArrayBuffer> => {
    const length: [number] = [0];
    const bytes: [Handle] = [null];
    check(library.save(booster[0], JSON.stringify({ format }), length, bytes));
    return library.copy(bytes[0], Number(length[0])); // copied: the booster owns this memory and is freed later
  };
  /** The updater, which has the state of sampled columns, is made again if its method changes; the margins are kept. */
  const saveToGoOn = (): Uint8Array<ArrayBuffer> => {
    const method = job.params["tree_method"] ?? "hist";
    check(library.setParam(booster[0], "tree_method", method === "hist" ? "approx" : "hist"));
    const model = save("ubj"); // configures
    check(library.setParam(booster[0], "tree_method", method));
    return model;
  };
  try {
    if (keepsBins(job, leastCells)) {
      matrix[0] = quantileMatrix(library, job, threads);
      if (takesValues) job.values.buffer.transfer(0);
    } else fill(matrix, job);
    if (job.watch) fill(evaluated, job.watch);
    check(library.createBooster(matrix, 1, booster));
    if (last) check(library.load(booster[0], last.model, last.model.length));
    for (const [name, value] of Object.entries(job.params)) {
      // The model has it as a list for several classes, and would save it as one value.
      if (last === undefined || name !== "base_score") check(library.setParam(booster[0], name, value));
    }
    const rounds = watchRounds(job.watch?.metric ?? "", job.watch?.patience ?? 0);
    const scores = [...(last?.scores ?? [])];
    for (const score of scores) rounds.record(score);
    for (let round = last?.round ?? 0; round < job.rounds; round++) {
      check(library.updateOneRound(booster[0], round, matrix[0]));
      const state = { round: round + 1, scores, save: saveToGoOn };
      if (job.watch) {
        const text: [string] = [""];
        check(library.evaluateRound(booster[0], round, evaluated, ["watched"], 1, text));
        scores.push(Number(text[0].slice(text[0].lastIndexOf(":") + 1)));
        if (!rounds.record(scores.at(-1)!)) break;
      }
      yield state;
    }
    const best = new TextEncoder().encode(job.watch ? `${JSON.stringify(rounds.best())}\n` : "");
    if (job.watch && job.keepsModel !== true) return best;
    const model = save("json");
    return job.watch ? new Uint8Array(Buffer.concat([best, model])) : model;
  } finally {
    if (booster[0] !== null) library.freeBooster(booster[0]);
    for (const [handle] of [matrix, evaluated]) if (handle !== null) library.freeMatrix(handle);
  }
}
