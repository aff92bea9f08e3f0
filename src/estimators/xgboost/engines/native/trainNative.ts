/** Trains one model in an installed libxgboost; blocks the thread, so it runs in worker.ts. */
import { watchRounds } from "../../train/bestRound.ts";
import { nativeLibrary, type Handle, type NativeLibrary } from "./nativeLibrary.ts";
import { PROGRESS_STEPS } from "../trainingJob.ts";
import type { QuestionJob, TrainingJob, WatchJob } from "../trainingJob.ts";

/**
 * @returns XGBoost's JSON model; the best round as JSON where the job has rows to watch
 * @throws {Error} with the library's own words
 */
export function trainNative(job: TrainingJob, onProgress: (share: number) => void): Uint8Array<ArrayBuffer> {
  const library = nativeLibrary(job.library!);
  const check = (code: number): void => {
    if (code !== 0) throw new Error(library.lastError().split("\nStack trace")[0]!.trim());
  };
  const matrix: [Handle] = [null];
  const watched: [Handle] = [null];
  const asked: [Handle] = [null];
  const booster: [Handle] = [null];
  try {
    const filling = { library, check, columnCount: job.columnCount, threads: Number(paramOf(job, "nthread") ?? 0) };
    fill(matrix, job, filling);
    if (job.watch !== null) fill(watched, job.watch, filling);
    check(library.createBooster(matrix, 1, booster));
    for (const [name, value] of job.params) check(library.setParam(booster[0], name, value));
    const rounds = watchRounds(job.watch?.metric ?? "", job.watch?.patience ?? 0);
    const step = Math.ceil(job.rounds / PROGRESS_STEPS);
    for (let round = 0; round < job.rounds; round++) {
      check(library.updateOneRound(booster[0], round, matrix[0]));
      if ((round + 1) % step === 0 || round + 1 === job.rounds) onProgress((round + 1) / job.rounds);
      if (job.watch === null) continue;
      const text: [string] = [""];
      check(library.evaluateRound(booster[0], round, watched, ["watched"], 1, text));
      if (!rounds.see(Number(text[0].slice(text[0].lastIndexOf(":") + 1)))) break;
    }
    if (job.watch !== null) return new TextEncoder().encode(JSON.stringify(rounds.best()));
    if (job.question !== null) {
      fill(asked, { ...job.question, labels: null, weights: null }, filling);
      const outputs = Number(paramOf(job, "num_class") ?? 1);
      return margins(job.question, { library, check, booster: booster[0], asked: asked[0], outputs });
    }
    const length: [number] = [0];
    const bytes: [Handle] = [null];
    check(library.save(booster[0], '{"format":"json"}', length, bytes));
    return library.copy(bytes[0], Number(length[0])); // it is the booster's, which goes now
  } finally {
    if (booster[0] !== null) library.freeBooster(booster[0]);
    for (const [handle] of [matrix, watched, asked]) if (handle !== null) library.freeMatrix(handle);
  }
}

interface Filling {
  readonly library: NativeLibrary;
  readonly check: (code: number) => void;
  readonly columnCount: number;
  /**
   * The matrix keeps them: its bins are found with as many, whatever the booster is told. With one (what the call without
   * threads takes) the first of 100 rounds took 1.0 s of 3.0 on 712,000 × 11 and two cores, with two 0.55 s of 2.5.
   */
  readonly threads: number;
}

interface Labelled {
  readonly labels: Float32Array | null;
}

interface Asking extends Pick<Filling, "library" | "check"> {
  readonly booster: Handle;
  readonly asked: Handle;
  readonly outputs: number;
}

function paramOf({ params }: TrainingJob, wanted: string): string | undefined {
  return params.find(([name]) => name === wanted)?.[1];
}

/** Of the first rounds, as often as asked: cheaper than the model, whose text alone takes a quarter as long as its training. */
function margins(question: QuestionJob, { library, check, booster, asked, outputs }: Asking): Uint8Array<ArrayBuffer> {
  const size = question.rowCount * outputs * Float32Array.BYTES_PER_ELEMENT;
  const all = new Uint8Array(size * question.rounds.length);
  question.rounds.forEach((end, i) => {
    const values: [Handle] = [null];
    const json = JSON.stringify({
      type: 1,
      training: false,
      iteration_begin: 0,
      iteration_end: end,
      strict_shape: false,
    });
    check(library.predict(booster, asked, json, [null], [0], values));
    all.set(library.copy(values[0], size), i * size);
  });
  return all;
}

/** Rows with their labels and weights. */
function fill(
  matrix: [Handle],
  { values, labels, weights, rowCount }: Pick<WatchJob, "values" | "weights" | "rowCount"> & Labelled,
  { library, check, columnCount, threads }: Filling,
): void {
  check(library.createMatrix(values, rowCount, columnCount, Number.NaN, matrix, threads));
  if (labels !== null) check(library.setFloats(matrix[0], "label", labels, rowCount));
  if (weights !== null) check(library.setFloats(matrix[0], "weight", weights, rowCount));
}
