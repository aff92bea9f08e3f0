/** XGBoost's own collective: a tracker introduces the ranks of one training to each other. */
import { loadKoffi } from "../../../../core/nativeCalls.ts";
import type { JsonObject } from "../../../../core/json.ts";
import { checked, nativeLibrary, type Handle } from "./nativeLibrary.ts";

/** What a rank needs to find the others; from the tracker. */
export type TrackerArguments = JsonObject;

/** Ranks are numbered by the names that `joinCollective` gives them. */
const SORT_BY_TASK = 1;

/**
 * Starts a tracker, which lasts as long as this process.
 * @param host address of this machine for the ranks
 */
export function startTracker(path: string, { ranks, host }: TrackerSettings): TrackerArguments {
  const { library, create, run, workerArguments } = functionsOf(path);
  const check = checked(library);
  const tracker: [Handle] = [null];
  const settings = { dmlc_communicator: "rabit", n_workers: ranks, host, port: 0, timeout: 0, sortby: SORT_BY_TASK };
  check(create(JSON.stringify(settings), tracker));
  check(run(tracker[0], null));
  const text: [string] = [""];
  check(workerArguments(tracker[0], text));
  return JSON.parse(text[0]) as TrackerArguments;
}

export interface TrackerSettings {
  readonly ranks: number;
  readonly host: string;
}

/**
 * Blocks until all ranks are here.
 * @returns what leaves the others, once the training is done
 * @throws {Error} if the others are not those that were expected: XGBoost trains alone and says nothing if it finds none
 */
export function joinCollective(
  path: string,
  { tracker, rank, ranks }: { readonly tracker: TrackerArguments; readonly rank: number; readonly ranks: number },
): () => void {
  const { library, init, finalize, rankOf, worldSize } = functionsOf(path);
  const check = checked(library);
  // XGBoost sorts the names as text.
  check(init(JSON.stringify({ ...tracker, dmlc_task_id: String(rank).padStart(9, "0") })));
  const [own, world] = [rankOf(), worldSize()];
  if (own !== rank || world !== ranks) throw new Error(`it joined as rank ${own} of ${world}, not ${rank} of ${ranks}`);
  return () => check(finalize());
}

function functionsOf(path: string) {
  const library = nativeLibrary(path);
  const handle = loadKoffi().load(path);
  return {
    library,
    create: handle.func("int XGTrackerCreate(const char *json, _Out_ void **tracker)"),
    run: handle.func("int XGTrackerRun(void *tracker, const char *json)"),
    workerArguments: handle.func("int XGTrackerWorkerArgs(void *tracker, _Out_ const char **json)"),
    init: handle.func("int XGCommunicatorInit(const char *json)"),
    finalize: handle.func("int XGCommunicatorFinalize()"),
    rankOf: handle.func("int XGCommunicatorGetRank()"),
    worldSize: handle.func("int XGCommunicatorGetWorldSize()"),
  } satisfies Record<string, unknown>;
}
