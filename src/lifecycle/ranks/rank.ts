/**
 * Entry point of the processes of a distributed training.
 * `node rank.js PLACE ATTEMPT [RANK]`: one rank. The launcher sets the number if it is left out (srun, mpirun, Kubernetes).
 * `node rank.js tracker SETTINGS`: the tracker; ends with its stdin.
 */
import { connect, createServer, type AddressInfo } from "node:net";
import { hostname } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import { messageOf } from "../../core/errors.ts";
import { nativeLibraries } from "../../estimators/xgboost/engines/chooseEngine.ts";
import {
  joinCollective,
  startTracker,
  type TrackerSettings,
} from "../../estimators/xgboost/engines/native/collective.ts";
import { trainingRounds } from "../../estimators/xgboost/engines/native/trainNative.ts";
import { PROGRESS_STEPS } from "../../estimators/xgboost/engines/trainingJob.ts";
import { sha256Text } from "../../storage/files/sha256.ts";
import { openPlace, type JobPlace } from "./jobPlace.ts";
import {
  getChecked,
  getJson,
  names,
  putJson,
  readJob,
  type Attempt,
  type CheckpointFile,
  type Meeting,
} from "./rankJob.ts";
import type { RankJob, RankReport } from "./rankJob.ts";

/** Not a setting, because the model depends on it: see `Round.save`. */
const CHECKPOINT_ROUNDS = 10;

/** Where launchers say which of their processes this is: Slurm, MPI, Open MPI, Kubernetes. */
const RANK_VARIABLES = ["SLURM_PROCID", "PMI_RANK", "OMPI_COMM_WORLD_RANK", "JOB_COMPLETION_INDEX"];

const [what = "", settings = "", given] = process.argv.slice(2);
(what === "tracker" ? runTracker() : runRank()).catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
});

async function runTracker(): Promise<void> {
  const { library, ...own } = JSON.parse(settings) as TrackerSettings & { readonly library: string };
  const tracker = startTracker(library, own);
  const server = createServer((socket) => socket.on("error", () => undefined)).listen(0, own.host, () => {
    const { port } = server.address() as AddressInfo;
    const meeting: Meeting = { tracker, alive: { host: own.host, port } };
    process.stdout.write(`${JSON.stringify(meeting)}\n`);
  });
  process.stdin.on("close", () => exitAtOnce(0)).resume();
}

async function runRank(): Promise<void> {
  const place = await openPlace(what, new AbortController().signal);
  const prepared = await prepare(place).catch(async (error: unknown) => {
    await place.put(names.failure(Number(settings)), Buffer.from(`${hostname()}: ${messageOf(error)}`));
    throw error;
  });
  const { job, own, number, last, library, tracker, alive } = prepared;
  // XGBoost does not notice that the tracker, and with it the asker, has ended.
  connect(alive).on("error", orphaned).on("close", orphaned).resume();
  const leave = joinCollective(library, { tracker, rank: number, ranks: job.parts.length });
  const training = trainingRounds({ ...own, library }, { leastCells: 0, last });
  const step = Math.ceil(job.rounds / PROGRESS_STEPS);
  let before: string | undefined;
  for (;;) {
    const next = training.next();
    if (next.done) {
      leave();
      const report = {
        host: hostname(),
        sha256: sha256Text(next.value),
        peakBytes: process.resourceUsage().maxRSS * 1024,
      };
      if (number === 0) await place.put(names.result, next.value);
      await putJson(place, names.report(number), report satisfies RankReport);
      process.exit(0);
    }
    const { round, scores, save } = next.value;
    if (number === 0 && round % step === 0) process.stdout.write(`round ${round}\n`);
    if (round % CHECKPOINT_ROUNDS === 0 && round < job.rounds) {
      const model = save(); // on all ranks, because it decides on the rounds that follow
      if (number === 0) before = await keep(place, { round, scores, sha256: sha256Text(model) }, { model, before });
    }
    await nextTurn();
  }
}

function orphaned(): never {
  process.stderr.write("the tracker has ended\n");
  process.exit(1);
}

/** Replaces the last checkpoint. @returns the name of this one's model */
async function keep(
  place: JobPlace,
  checkpoint: CheckpointFile,
  { model, before }: { readonly model: Uint8Array; readonly before: string | undefined },
): Promise<string> {
  await place.put(checkpoint.sha256, model);
  await putJson(place, names.checkpoint, checkpoint);
  if (before !== undefined) await place.remove(before);
  return checkpoint.sha256;
}

/** Everything before the ranks meet. Its errors would come again. */
async function prepare(place: JobPlace) {
  const attempt = await getJson<Attempt>(place, names.attempt(Number(settings)));
  const job = await getJson<RankJob>(place, names.job);
  if (attempt === undefined || job === undefined) {
    throw new Error(`${place.address} has no job: does this machine reach the same files?`);
  }
  const text = given ?? RANK_VARIABLES.map((name) => process.env[name]).find((value) => value !== undefined);
  const number = Number(text);
  const ranks = job.parts.length;
  if (text === undefined || !(number < ranks)) {
    throw new Error(`which of the ${ranks} ranks is this? ${text ?? `none of ${RANK_VARIABLES.join(", ")} is set`}`);
  }
  const { used } = await nativeLibraries();
  if (used?.version !== job.version) {
    throw new Error(`all ranks need libxgboost ${job.version}; here it is ${used?.version ?? "not installed"}`);
  }
  const own = await readJob(place, job, number);
  const { checkpoint, tracker, alive } = attempt;
  const last = checkpoint === null ? undefined : { ...checkpoint, model: await getChecked(place, checkpoint.sha256) };
  return { job, own, number, last, library: used.path, tracker, alive };
}
