/** Runs odd cases in a thread that is ended, and with it the test, if one of them takes too long. */
import { Worker } from "node:worker_threads";

/** What became of a case; without a problem it was fitted or refused with a message. */
interface Outcome {
  readonly seed: number;
  readonly family?: string;
  readonly types: readonly string[];
  readonly fitted?: string;
  readonly refused?: string;
  readonly problem?: string;
}

export interface OddRun {
  /** With the words of their case. */
  readonly problems: readonly string[];
  readonly fittedFamilies: ReadonlySet<string>;
  readonly fittedTransforms: ReadonlySet<string>;
  readonly fitted: number;
  readonly refused: number;
}

/** @param limitMs for each case: ten times as long as the slowest takes on a slow machine */
export function runOddCases(first: number, count: number, limitMs: number): Promise<OddRun> {
  const thread = new Worker(new URL("./oddThread.js", import.meta.url), {
    workerData: { first, count },
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  const problems: string[] = [];
  const [fittedFamilies, fittedTransforms] = [new Set<string>(), new Set<string>()];
  let [fitted, refused, words] = [0, 0, "the first case"];
  return new Promise((resolve) => {
    const late = (): void => {
      problems.push(`did not end within ${limitMs} ms: ${words}`);
      void thread.terminate();
    };
    let timer = setTimeout(late, limitMs);
    thread.on("message", ({ started, problem, ...outcome }: Outcome & { readonly started?: string }) => {
      if (started !== undefined) {
        words = started;
        clearTimeout(timer);
        timer = setTimeout(late, limitMs);
      } else if (problem !== undefined) problems.push(`${problem}\n${words}`);
      else if (outcome.fitted === undefined) refused++;
      else {
        fitted++;
        fittedFamilies.add(outcome.fitted);
        for (const type of outcome.types) fittedTransforms.add(type);
      }
    });
    thread.on("error", (error) => problems.push(`${String(error)}\n${words}`));
    thread.on("exit", () => {
      clearTimeout(timer);
      resolve({ problems, fittedFamilies, fittedTransforms, fitted, refused });
    });
  });
}
