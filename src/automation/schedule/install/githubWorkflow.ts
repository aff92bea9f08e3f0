/** A workflow of GitHub Actions that runs a job at its times. */
import { STATE_BRANCH, keepStep, restoreStep, yamlText } from "./githubState.ts";
import { hostTimes } from "./hostTimes.ts";
import { shellWord } from "./jobCommand.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";

export interface WorkflowOptions {
  /** The folder of config.json, relative to the repository, with forward slashes. */
  readonly folder: string;
  /** The name of config.json in it. */
  readonly config: string;
  /** Folders that mlctl writes, relative to `folder`. */
  readonly kept: readonly string[];
  readonly now: Date;
}

/** GitHub may be hours late, or leave a time out; a job that ran for a time does not run for it again. */
const DUE = { run: "12h", skip: "3h" } as const;

/** For what comes before and after the job, so that a job that takes too long is still kept. */
const MORE_MINUTES = 15;

/** What GitHub allows at most. */
const MOST_MINUTES = 360;

/** One workflow for each job, each in its own group: GitHub cancels what waits in a group when another one comes. */
export function githubWorkflow(job: ScheduledJob, { folder, config, kept, now }: WorkflowOptions): string {
  const times = hostTimes(job, ["UTC"], now);
  const minutes = job.timeoutMs === null ? MOST_MINUTES : Math.ceil(job.timeoutMs / 60_000) + MORE_MINUTES;
  const content = {
    name: `mlctl ${job.name}${folder === "." ? "" : ` in ${folder}`}`,
    on: { schedule: times.map((cron) => ({ cron })), workflow_dispatch: null },
    concurrency: { group: `mlctl ${folder}/${config} ${job.name}` },
    permissions: { contents: "write" },
    jobs: {
      mlctl: {
        "runs-on": "ubuntu-latest",
        "timeout-minutes": Math.min(MOST_MINUTES, minutes),
        defaults: { run: { shell: "bash", "working-directory": folder } },
        steps: [
          { uses: "actions/checkout@v4" },
          ...installSteps,
          restoreStep(kept),
          {
            name: `mlctl ${job.words.join(" ")}`,
            env: { DUE: `\${{ github.event_name == 'schedule' && '--due ${DUE[job.missed]}' || '' }}` },
            run: `mlctl schedule now ${job.name} $DUE -c ${shellWord(config)}`,
          },
          keepStep(kept, `mlctl ${job.name}`),
        ],
      },
    },
  };
  return yamlText(content, [`${job.cron} (${job.timezone})`, ...sourceRemarks]);
}

const sourceRemarks = [
  "Set two variables of the repository (Settings, Secrets and variables, Actions): MLCTL_REPOSITORY, owner/name of the",
  "repository that mlctl is installed from, and MLCTL_REF, a commit of it that you trust: it runs with your data. If it",
  "is private, also the secret MLCTL_TOKEN, a token that may read it.",
  `Records, data and models are kept on the branch ${STATE_BRANCH}; to begin anew, delete it.`,
];

/** As the README installs it: no registry has to be trusted, and the same commit each time. */
const installSteps = [
  {
    name: "is it said where mlctl comes from?",
    if: "vars.MLCTL_REPOSITORY == '' || vars.MLCTL_REF == ''",
    run: 'echo "::error::set the variables MLCTL_REPOSITORY and MLCTL_REF of this repository" && exit 1',
  },
  {
    uses: "actions/checkout@v4",
    with: {
      repository: "${{ vars.MLCTL_REPOSITORY }}",
      ref: "${{ vars.MLCTL_REF }}",
      token: "${{ secrets.MLCTL_TOKEN || github.token }}",
      path: ".mlctl",
    },
  },
  { uses: "actions/setup-node@v4", with: { "node-version": 24 } },
  { name: "install mlctl", "working-directory": ".mlctl", run: "npm ci && npm install --global ." },
];
