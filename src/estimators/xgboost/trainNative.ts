/** Trains one model in an installed libxgboost, called through koffi; blocks the thread, so it runs in worker.ts. */
import koffi from "koffi";
import { watchRounds } from "./bestRound.ts";
import { PROGRESS_STEPS } from "./trainingJob.ts";
import type { QuestionJob, TrainingJob, WatchJob } from "./trainingJob.ts";

/** The first version with XGBoosterSaveModelToBuffer. */
const OLDEST = [1, 6] as const;

/** An address in the library's memory; only the library looks behind it. */
type Handle = bigint | null;

/** The part of XGBoost's C interface that training takes; 0 is success. */
interface Library {
  version(major: number[], minor: number[], patch: number[]): void;
  lastError(): string;
  setGlobal(json: string): number;
  createMatrix(values: Float32Array, rows: number, columns: number, missing: number, matrix: [Handle]): number;
  setFloats(matrix: Handle, field: string, values: Float32Array, count: number): number;
  freeMatrix(matrix: Handle): number;
  createBooster(matrices: [Handle], count: number, booster: [Handle]): number;
  setParam(booster: Handle, name: string, value: string): number;
  updateOneRound(booster: Handle, round: number, matrix: Handle): number;
  evaluateRound(
    booster: Handle,
    round: number,
    matrices: [Handle],
    names: [string],
    count: number,
    text: [string],
  ): number;
  predict(
    booster: Handle,
    matrix: Handle,
    json: string,
    shape: [Handle],
    dimensions: [number],
    values: [Handle],
  ): number;
  save(booster: Handle, json: string, length: [number], bytes: [Handle]): number;
  freeBooster(booster: Handle): number;
}

let opened: { readonly path: string; readonly library: Library } | null = null;

/**
 * @returns XGBoost's JSON model; the best round as JSON where the job has rows to watch
 * @throws {Error} with the library's own words
 */
export function trainNative(job: TrainingJob, onProgress: (share: number) => void): Uint8Array<ArrayBuffer> {
  const library = open(job.library!);
  const check = (code: number): void => {
    if (code !== 0) throw new Error(library.lastError().split("\nStack trace")[0]!.trim());
  };
  const matrix: [Handle] = [null];
  const watched: [Handle] = [null];
  const asked: [Handle] = [null];
  const booster: [Handle] = [null];
  try {
    fill(matrix, job, { library, check, columnCount: job.columnCount });
    if (job.watch !== null) fill(watched, job.watch, { library, check, columnCount: job.columnCount });
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
      fill(asked, { ...job.question, labels: null, weights: null }, { library, check, columnCount: job.columnCount });
      return margins(job.question, { library, check, booster: booster[0], asked: asked[0], params: job.params });
    }
    const length: [number] = [0];
    const bytes: [Handle] = [null];
    check(library.save(booster[0], '{"format":"json"}', length, bytes));
    return new Uint8Array(koffi.view(bytes[0], Number(length[0])).slice(0)); // it is the booster's, which goes now
  } finally {
    if (booster[0] !== null) library.freeBooster(booster[0]);
    for (const [handle] of [matrix, watched, asked]) if (handle !== null) library.freeMatrix(handle);
  }
}

interface Filling {
  readonly library: Library;
  readonly check: (code: number) => void;
  readonly columnCount: number;
}

interface Labelled {
  readonly labels: Float32Array | null;
}

interface Asking extends Omit<Filling, "columnCount"> {
  readonly booster: Handle;
  readonly asked: Handle;
  readonly params: TrainingJob["params"];
}

/** Of the first rounds, as often as asked: cheaper than the model, whose text alone takes a quarter as long as its training. */
function margins(question: QuestionJob, { library, check, booster, asked, params }: Asking): Uint8Array<ArrayBuffer> {
  const outputs = Number(params.find(([name]) => name === "num_class")?.[1] ?? 1);
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
    all.set(new Uint8Array(koffi.view(values[0], size)), i * size);
  });
  return all;
}

/** Rows with their labels and weights. */
function fill(
  matrix: [Handle],
  { values, labels, weights, rowCount }: Pick<WatchJob, "values" | "weights" | "rowCount"> & Labelled,
  { library, check, columnCount }: Filling,
): void {
  check(library.createMatrix(values, rowCount, columnCount, Number.NaN, matrix));
  if (labels !== null) check(library.setFloats(matrix[0], "label", labels, rowCount));
  if (weights !== null) check(library.setFloats(matrix[0], "weight", weights, rowCount));
}

/** Version of the library at `path`, e.g. "1.7.4". @throws {Error} where it cannot be used, with the reason */
export function libraryVersion(path: string): string {
  const [major, minor, patch] = [[0], [0], [0]];
  open(path).version(major, minor, patch);
  const version = `${major[0]}.${minor[0]}.${patch[0]}`;
  const isTooOld = major[0]! < OLDEST[0] || (major[0] === OLDEST[0] && minor[0]! < OLDEST[1]);
  if (isTooOld) throw new Error(`it is version ${version}, ${OLDEST.join(".")} is the oldest that can be used`);
  return version;
}

function open(path: string): Library {
  if (opened?.path === path) return opened.library;
  waitPassively();
  const handle = koffi.load(path);
  const library: Library = {
    version: handle.func("void XGBoostVersion(_Out_ int *major, _Out_ int *minor, _Out_ int *patch)"),
    lastError: handle.func("const char *XGBGetLastError()"),
    setGlobal: handle.func("int XGBSetGlobalConfig(const char *json)"),
    createMatrix: handle.func(
      "int XGDMatrixCreateFromMat(float *data, uint64_t rows, uint64_t columns, float missing, _Out_ void **out)",
    ),
    setFloats: handle.func("int XGDMatrixSetFloatInfo(void *matrix, const char *field, float *values, uint64_t count)"),
    freeMatrix: handle.func("int XGDMatrixFree(void *matrix)"),
    createBooster: handle.func("int XGBoosterCreate(void **matrices, uint64_t count, _Out_ void **out)"),
    setParam: handle.func("int XGBoosterSetParam(void *booster, const char *name, const char *value)"),
    updateOneRound: handle.func("int XGBoosterUpdateOneIter(void *booster, int round, void *matrix)"),
    evaluateRound: handle.func(
      "int XGBoosterEvalOneIter(void *booster, int round, void **matrices, const char **names, uint64_t count, _Out_ const char **text)",
    ),
    predict: handle.func(
      "int XGBoosterPredictFromDMatrix(void *booster, void *matrix, const char *json, _Out_ void **shape, _Out_ uint64_t *dimensions, _Out_ void **values)",
    ),
    save: handle.func(
      "int XGBoosterSaveModelToBuffer(void *booster, const char *json, _Out_ uint64_t *length, _Out_ void **bytes)",
    ),
    freeBooster: handle.func("int XGBoosterFree(void *booster)"),
  };
  library.setGlobal('{"verbosity":0}'); // what it prints goes past Node to the real stdout
  opened = { path, library };
  return library;
}

/**
 * GNU's OpenMP looks so often whether the other thread is done before it sleeps. `mlctl train` on 890,000 × 11 and two
 * cores, medians of three: alone 5.9 s with 1,000, 5.5 s with this number, 5.2 s with 100,000; beside one program that
 * computes 7.5, 8.4 and 13.9 s (pandas and XGBoost with its own 300,000: 14.8 s).
 */
const SPINS = 10_000;

/**
 * OpenMP's threads spin while they wait for each other, which on a machine with other work to do makes training ten
 * times slower. Set in the C environment: that is where OpenMP looks when it is loaded, once; the user's own values
 * stay.
 */
function waitPassively(): void {
  if (process.platform === "win32") return;
  const setenv = koffi.load(null).func("int setenv(const char *name, const char *value, int overwrite)");
  if (process.env.OMP_WAIT_POLICY === undefined) setenv("GOMP_SPINCOUNT", String(SPINS), 0);
  setenv("OMP_WAIT_POLICY", "passive", 0);
}
