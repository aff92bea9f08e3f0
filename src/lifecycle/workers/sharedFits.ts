/** The fits of a training, which workers of a shared workspace help with. */
import { MlctlError } from "../../core/errors.ts";
import { fitsAtOnce, MOST_AT_ONCE, type Fitted, type FitTask } from "../../pipeline/fit/fitCandidate.ts";
import type { FitResult } from "../../pipeline/search/trialPool.ts";
import type { TrainingData } from "../../pipeline/fit/splitRows.ts";
import type { Workspace } from "../workspace.ts";
import { sharedPool } from "./sharedPool.ts";

interface SharedFit {
  readonly task: FitTask;
  readonly here: () => Promise<Fitted>;
}

/**
 * Calls `work` with a workspace whose `share` does fits here and, while there are any, with workers. In a folder
 * workspace nothing changes.
 * @returns its result, with what workers did among the notes
 */
export async function withSharedFits<Given extends Workspace, T extends { readonly notes: readonly string[] }>(
  workspace: Given,
  data: TrainingData,
  work: (workspace: Given) => Promise<T>,
): Promise<T> {
  // The processes of a distributed training are enough at a time.
  if (workspace.paths.shared === undefined || workspace.config.train.distributed !== null) return work(workspace);
  const { inputs, y, target, history, times, groups, dataRows } = data;
  const all = { inputs, y, target, history, times, groups, dataRows } satisfies Record<keyof TrainingData, unknown>;
  const pool = sharedPool<SharedFit, FitResult>(workspace, {
    work: { kind: "search", work: { data: all, subjects: [] } },
    local: {
      async run({ here }) {
        const start = performance.now();
        return { fitted: await here(), seconds: (performance.now() - start) / 1000 };
      },
      async close() {},
    },
    threads: fitsAtOnce(y.length * inputs.columns.length * MOST_AT_ONCE),
    post: ({ task }) => ({ title: `${task.candidate.family}, ${task.rows.length} rows`, task }),
  });
  const share: Workspace["share"] = (onSeconds) => async (task, here) => {
    const result = await pool.run({ task, here });
    if ("error" in result) throw new MlctlError(result.error.kind, result.error.message, { hint: result.error.hint });
    onSeconds?.(result.seconds);
    return result.fitted;
  };
  try {
    const result = await work({ ...workspace, share, helpers: pool.helpers });
    return { ...result, notes: [...result.notes, ...pool.note()] };
  } finally {
    await pool.close();
  }
}
