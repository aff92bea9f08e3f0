/** Several fullprocess at once on one workspace: one works, and the result is that of one. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Finished, FullprocessJson, LifecycleWorkspace } from "../lifecycleWorkspace.ts";
import { FAULTS_TIMEOUT, faultCount, histogram, tell } from "./faultCounts.ts";
import { failures, outcome, temporaries, waitingWorkspace } from "./killedWorkspace.ts";

const ROUNDS = faultCount(1, 20);
const AT_ONCE = 8;

let waiting: LifecycleWorkspace;
let alone: string[];
beforeAll(() => {
  ({ waiting } = waitingWorkspace());
  const workspace = waiting.copy();
  workspace.ok("fullprocess");
  alone = state(workspace);
});

/** Contents, and how many files there are. */
function state(workspace: LifecycleWorkspace): string[] {
  const folders = ["ingesteddata", "models", "production_deployment", "production_deployment/releases"];
  return [...outcome(workspace), ...folders.map((folder) => `${folder} ${workspace.names(folder).length}`)];
}

const start = (workspace: LifecycleWorkspace, ...args: string[]): Promise<Finished[]> =>
  Promise.all(Array.from({ length: AT_ONCE }, () => workspace.start("fullprocess", "--json", ...args).finished));

/** "deployed", "kept" or "nothing_new" of one that ended well, "busy" of exit 75. */
function ending({ status, stdout, stderr }: Finished): string {
  if (status === 0) return (JSON.parse(stdout) as FullprocessJson).status;
  expect([status, stdout], stderr).toEqual([75, ""]);
  const { error, hint } = JSON.parse(stderr) as { error: string; hint: string };
  expect(error).toMatch(
    /^the workspace is in use: another mlctl(?: \(pid \d+, `mlctl fullprocess`, since .*\))? is working in it$/,
  );
  expect(hint).toContain("--wait");
  return "busy";
}

async function rounds(args: readonly string[]): Promise<string[]> {
  const endings: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const workspace = waiting.copy();
    const found = (await start(workspace, ...args)).map(ending);
    expect(
      found.filter((each) => ["deployed", "kept"].includes(each)),
      found.join(),
    ).toHaveLength(1);
    expect(state(workspace)).toEqual(alone);
    expect(temporaries(workspace)).toEqual([]);
    expect(failures(workspace.run(["doctor", "--json"]))).toEqual([]);
    expect(workspace.json("fullprocess")).toMatchObject({ status: "nothing_new" });
    endings.push(...found);
  }
  const told = `${AT_ONCE} fullprocess at once${args.map((word) => ` ${word}`).join("")}, ${ROUNDS} rounds`;
  tell(`${told}: ${histogram(endings)}; each result that of one run`);
  return endings;
}

describe(`${AT_ONCE} at once`, () => {
  it(
    "one works, the others say who does and exit 75; the result is that of one",
    async () => {
      // One that starts when the work is done finds nothing new.
      const endings = await rounds([]);
      expect(endings.filter((each) => each === "busy").length).toBeGreaterThan(0);
    },
    FAULTS_TIMEOUT,
  );

  it(
    "with --wait all succeed, one does the work and the others find nothing new",
    async () => {
      const endings = await rounds(["--wait", "5m"]);
      expect(endings.filter((each) => each === "nothing_new")).toHaveLength(ROUNDS * (AT_ONCE - 1));
    },
    FAULTS_TIMEOUT,
  );

  it("readers are never held up", async () => {
    const workspace = waiting.copy();
    const { finished } = workspace.start("fullprocess");
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(workspace.start("predict", "testdata/testdata.csv").finished);
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([0, 0, 0]);
    expect((await finished).status).toBe(0);
  });
});
