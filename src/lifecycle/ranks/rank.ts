/**
 * Entry point of the processes of a distributed training.
 * `node rank.js PLACE ATTEMPT [RANK]`: one rank. The launcher sets the number if it is left out (srun, mpirun, Kubernetes).
 * `node rank.js tracker SETTINGS`: the tracker; ends with its stdin.
 */
import { once } from "node:events";
import { writeSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { hostname } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import { exitAtOnce } from "../../core/nativeCalls.ts";
import { messageOf } from "../../core/errors.ts";
import { nativeLibraries } from "../../estimators/xgboost/engines/chooseEngine.ts";
import {
  joinCollective,
  startTracker,
  type TrackerSettings,
} from "../../estimators/xgboost/engines/native/collective.ts";
import { trainingRounds } from "../../estimators/xgboost/engines/native/trainNative.ts";
import { PROGRESS_STEPS } from "../../estimators/xgboost/engines/engine.ts";
import { openPlace, sha256Of, type JobPlace } from "./jobPlace.ts";
import {
  DONE,
  getChecked,
  getJson,
  names,
  putJson,
  readJob,
  type Attempt,
  type CheckpointFile,
  type RankJob,
  type TrackerLine,
} from "./rankJob.ts";

/** Not a setting, because the model depends on it: see `Round.save`. */
const CHECKPOINT_ROUNDS = 10;

/**
 * Where launchers say which of their processes this is, of how many: Open MPI, MPI, Slurm, Kubernetes. In this order, because
 * mpirun in a job of Slurm has the variables of both.
 */
const LAUNCHERS = [
  ["OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"],
  ["PMI_RANK", "PMI_SIZE"],
  ["SLURM_PROCID", "SLURM_NTASKS"],
  ["JOB_COMPLETION_INDEX", ""],
] as const;

const [what = "", settings = "", given] = process.argv.slice(2);
process.on("uncaughtException", fail);
(what === "tracker" ? runTracker() : runRank()).catch(fail);

/** Another exit would wait for the threads of the library, and these for the other ranks. */
function fail(error: unknown): never {
  try {
    writeSync(2, `${messageOf(error)}\n`);
  } finally {
    exitAtOnce(1);
  }
}

async function runTracker(): Promise<void> {
  const { library, ...own } = JSON.parse(settings) as TrackerSettings & { readonly library: string };
  const tracker = startTracker(library, own);
  const server = createServer((socket) => {
    let said = "";
    socket.on("data", (text: Buffer) => (said += text.toString())).on("error", () => undefined);
    socket.on("close", () => void (said !== DONE && print({ lost: said })));
  });
  server.listen(0, own.host, () => {
    print({ tracker, presence: { host: own.host, port: (server.address() as AddressInfo).port } });
  });
  process.stdin.on("close", () => exitAtOnce(0)).resume();
}

function print(line: TrackerLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function runRank(): Promise<void> {
  const place = await openPlace(what, new AbortController().signal);
  const attempt = await getJson<Attempt>(place, names.attempt(Number(settings)));
  if (attempt === undefined) throw new Error(`${place.address} has no job: does this machine reach the same files?`);
  // XGBoost does not notice that the tracker, and with it the asker, has ended.
  const presence = connect(attempt.presence).on("error", orphaned).on("close", orphaned).resume();
  const leave = async (last: string): Promise<void> => {
    presence.off("close", orphaned).end(last);
    await once(presence, "close");
  };
  const prepared = await prepare(place, attempt).catch(async (error: unknown) => {
    await leave(`${hostname()}: ${messageOf(error)}`);
    throw error;
  });
  const { job, own, number, last, library } = prepared;
  const { tracker } = attempt;
  const finish = joinCollective(library, { tracker, rank: number, ranks: job.parts.length });
  const training = trainingRounds({ ...own, library }, { leastCells: 0, last });
  const step = Math.ceil(job.rounds / PROGRESS_STEPS);
  let before: string | undefined;
  let next = training.next();
  for (; !next.done; next = training.next()) {
    const { round, scores, save } = next.value;
    if (number === 0 && round % step === 0) process.stdout.write(`round ${round}\n`);
    if (round % CHECKPOINT_ROUNDS === 0 && round < job.rounds) {
      const model = save(); // on all ranks, because it decides on the rounds that follow
      if (number === 0) {
        const sha256 = sha256Of(model);
        await place.put(sha256, model);
        await putJson(place, names.checkpoint, { round, scores, sha256 } satisfies CheckpointFile);
        if (before !== undefined) await place.remove(before);
        before = sha256;
      }
    }
    await nextTurn();
  }
  finish();
  if (number === 0) await place.put(names.result, next.value);
  await place.put(names.sha256(number), Buffer.from(sha256Of(next.value)));
  await leave(DONE);
  process.exit(0);
}

function orphaned(): never {
  exitAtOnce(1);
}

/** Everything before the ranks meet. Its errors would come again. */
async function prepare(place: JobPlace, { checkpoint }: Attempt) {
  const job = (await getJson<RankJob>(place, names.job))!;
  const number = numberOf(job.parts.length);
  const { used } = await nativeLibraries();
  if (used?.version !== job.version) {
    throw new Error(`all ranks need libxgboost ${job.version}; here it is ${used?.version ?? "not installed"}`);
  }
  const own = await readJob(place, job, number);
  const last = checkpoint === null ? undefined : { ...checkpoint, model: await getChecked(place, checkpoint.sha256) };
  return { job, own, number, last, library: used.path };
}

function numberOf(ranks: number): number {
  const [rank, size] = LAUNCHERS.find(([name]) => process.env[name] !== undefined) ?? [""];
  const text = given ?? process.env[rank];
  if (text === undefined) {
    const unset = `None of ${LAUNCHERS.map(([name]) => name).join(", ")} is set`;
    throw new Error(`which of the ${ranks} ranks is this? ${unset}: use {rank} in train.distributed.launch`);
  }
  const started = given === undefined && size ? process.env[size] : String(ranks);
  if (started !== String(ranks))
    throw new Error(`${started} of ${ranks} ranks were started: use {ranks} in train.distributed.launch`);
  return Number(text);
}
