/** Generates a GitHub Actions workflow that runs a job at its times. */
import type { Reference } from "../../../config/references.ts";
import { TRUST_VARIABLE } from "../../../config/trust.ts";
import { STATE_BRANCH, keepStep, restoreStep, withoutExpressions } from "./githubState.ts";
import { yamlText } from "./yamlText.ts";
import { hostTimes } from "./hostTimes.ts";
import { githubSecrets } from "./jobVariables.ts";
import { shellWord } from "./jobCommand.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";

interface WorkflowOptions {
  /** The folder of the configuration file, relative to the repository, with forward slashes. */
  readonly folder: string;
  readonly config: string;
  /** Folders that mlctl writes, relative to `folder`. */
  readonly kept: readonly string[];
  readonly now: Date;
  readonly references: readonly Reference[];
}

/** GitHub may start hours late or skip a time. The long window is safe: a job never runs twice for one time. */
const DUE = { run: "12h", skip: "3h" } as const;

/** Extra time for the steps before and after the job, so that the state is saved even if the job times out. */
const EXTRA_MINUTES = 15;

/** GitHub's limit. */
const MAX_MINUTES = 360;

/** One workflow and one concurrency group for each job: GitHub cancels a pending run when another joins its group. */
export function githubWorkflow(job: ScheduledJob, { folder, config, kept, now, references }: WorkflowOptions): string {
  const times = hostTimes(job, ["UTC"], now);
  const minutes = job.timeoutMs === null ? MAX_MINUTES : Math.ceil(job.timeoutMs / 60_000) + EXTRA_MINUTES;
  const content = {
    // The only string that must not contain an expression.
    name: `mlctl ${job.name}${folder === "." ? "" : ` in ${folder.replaceAll("{{", "{ {")}`}`,
    on: { schedule: times.map((cron) => ({ cron })), workflow_dispatch: null },
    concurrency: { group: withoutExpressions(`mlctl ${folder}/${config} ${job.name}`) },
    permissions: { contents: "write" },
    jobs: {
      mlctl: {
        "runs-on": "ubuntu-latest",
        "timeout-minutes": Math.min(MAX_MINUTES, minutes),
        defaults: { run: { shell: "bash", "working-directory": withoutExpressions(folder) } },
        steps: [
          { uses: "actions/checkout@v4" },
          ...installSteps,
          restoreStep(kept),
          {
            name: `mlctl ${job.words[0]}`,
            env: {
              ...githubSecrets(references),
              [TRUST_VARIABLE]: "1",
              DUE: `\${{ github.event_name == 'schedule' && '--due ${DUE[job.missed]}' || '' }}`,
            },
            run: withoutExpressions(`mlctl schedule now ${job.name} $DUE -c ${shellWord(config)}`),
          },
          keepStep(kept, `mlctl ${job.name}`),
        ],
      },
    },
  };
  return yamlText(content, [`${job.cron} (${job.timezone})`, ...sourceRemarks]);
}

const sourceRemarks = [
  "Set two repository variables (Settings, Secrets and variables, Actions): MLCTL_REPOSITORY, the owner/name of the",
  "repository to install mlctl from, and MLCTL_REF, a commit that you trust: its code runs with your data. For a private",
  "repository, also set the secret MLCTL_REPOSITORY_TOKEN, a token with read access.",
  `${TRUST_VARIABLE} allows what config.json runs and calls: whoever can push to this repository decides that.`,
  `Records, data and models are stored on the branch ${STATE_BRANCH}; delete it to start from scratch.`,
];

/** Installs mlctl from a fixed commit, as the README does, so that no registry has to be trusted. */
const installSteps = [
  {
    name: "check the variables",
    if: "vars.MLCTL_REPOSITORY == '' || vars.MLCTL_REF == ''",
    run: 'echo "::error::set the variables MLCTL_REPOSITORY and MLCTL_REF of this repository" && exit 1',
  },
  {
    uses: "actions/checkout@v4",
    with: {
      repository: "${{ vars.MLCTL_REPOSITORY }}",
      ref: "${{ vars.MLCTL_REF }}",
      token: "${{ secrets.MLCTL_REPOSITORY_TOKEN || github.token }}",
      path: ".mlctl",
    },
  },
  { uses: "actions/setup-node@v4", with: { "node-version": 24 } },
  { name: "install mlctl", "working-directory": ".mlctl", run: "npm ci && npm install --global ." },
];
