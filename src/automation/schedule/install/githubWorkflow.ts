/** Generates a GitHub Actions workflow that runs a job at its times. */
import type { Reference } from "../../../config/references.ts";
import { TRUST_VARIABLE } from "../../../config/trust.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";
import { hostTimes } from "./hostTimes.ts";
import { shellWord, githubSecrets } from "./jobCommand.ts";
import { yamlText } from "./kubernetesCronJobs.ts";

interface WorkflowOptions {
  readonly folder: string;
  readonly config: string;
  readonly kept: readonly string[];
  readonly now: Date;
  readonly references: readonly Reference[];
}

/** Holds only mlctl's files. GitHub deletes caches after a week, artifacts after months, and merges neither. */
const STATE_BRANCH = "mlctl-state";

/** GitHub may start hours late or skip a time. The long window is safe: a job never runs twice for one time. */
const DUE = { run: "12h", skip: "3h" } as const;

/** Extra time for the steps before and after the job, so that the state is saved even if the job times out. */
const EXTRA_MINUTES = 15;

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
  `${TRUST_VARIABLE} allows what config.json runs and calls: anyone who can push to this repository decides that.`,
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

function restoreStep(folders: readonly string[]): object {
  return step("restore the state of earlier runs", { id: "restore" }, [
    `code=0; git ls-remote --exit-code --heads origin ${STATE_BRANCH} > /dev/null || code=$?`,
    'if [ "$code" = 2 ]; then exit 0; fi # First run: the branch does not exist yet.',
    'if [ "$code" != 0 ]; then exit "$code"; fi',
    `git fetch --quiet --depth 1 origin +${STATE_BRANCH}:refs/mlctl/state`,
    `for folder in ${words(folders)}; do`,
    '  git cat-file -e "refs/mlctl/state:./$folder" 2> /dev/null || continue',
    '  git restore --source refs/mlctl/state --worktree -- ":(literal)$folder"',
    "done",
  ]);
}

/** Merges concurrent jobs file by file, as names of records are unique; also after a failed job, for its log. */
function keepStep(folders: readonly string[], message: string): object {
  const kept = words([...folders.map((folder) => `:(literal)${folder}`), ":(exclude)*.lock"]);
  const script = [
    'export GIT_INDEX_FILE="$RUNNER_TEMP/mlctl-index"',
    "export GIT_AUTHOR_NAME=mlctl GIT_AUTHOR_EMAIL=mlctl@users.noreply.github.com",
    'export GIT_COMMITTER_NAME="$GIT_AUTHOR_NAME" GIT_COMMITTER_EMAIL="$GIT_AUTHOR_EMAIL"',
    `commit() { git commit-tree "$(git write-tree)" "$@" -m ${shellWord(message)}; }`,
    "base=$(git rev-parse --quiet --verify refs/mlctl/state || true)",
    "before=${base:-$(git hash-object -t tree -w /dev/null)}",
    'git read-tree "$before"',
    `mkdir -p -- ${words(folders)}`,
    `git add --all --force -- ${kept}`,
    'git diff --cached --quiet "$before" && exit 0',
    "ours=$(commit ${base:+-p $base})",
    "for attempt in 1 2 3 4 5; do",
    `  git push --quiet origin "$ours:refs/heads/${STATE_BRANCH}" && exit 0`,
    `  git fetch --quiet --depth 1 origin +${STATE_BRANCH}:refs/mlctl/theirs || continue`,
    "  theirs=$(git rev-parse refs/mlctl/theirs)",
    '  git read-tree -i -m --aggressive "$before" "$ours" "$theirs"',
    '  ours=$(commit -p "$theirs") || break',
    '  before="$theirs"',
    "done",
    `echo "::error::cannot save the results of this run to the branch ${STATE_BRANCH}: run the job again"`,
    "exit 1",
  ];
  return step("save the state", { if: "always() && steps.restore.outcome == 'success'" }, script);
}

function step(name: string, properties: object, script: readonly string[]): object {
  return { name, ...properties, run: withoutExpressions(`${script.join("\n")}\n`) };
}

/** GitHub replaces `${{ … }}` in every string before anything reads it: a path that contains it keeps it. */
function withoutExpressions(text: string): string {
  return text.replaceAll("${{", "${{ '${{' }}");
}

function words(folders: readonly string[]): string {
  return folders.map(shellWord).join(" ");
}
