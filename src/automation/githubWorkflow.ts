/** A workflow of GitHub Actions that runs the jobs at their times. */
import { hostTimes } from "./hostTimes.ts";
import type { ScheduledJob } from "./scheduledJobs.ts";

export interface WorkflowOptions {
  /** The folder of config.json, relative to the repository, with forward slashes. */
  readonly folder: string;
  /** The name of config.json in it. */
  readonly config: string;
  readonly now: Date;
}

/** GitHub may be half an hour late; an hour off is the other half of the year. */
const DUE = "55m";

/** One workflow for each job, so that none waits for another. GitHub's clock is UTC. */
export function githubWorkflow(job: ScheduledJob, { folder, config, now }: WorkflowOptions): string {
  const times = hostTimes(job, ["UTC"], now);
  const minutes = job.timeoutMs === null ? 360 : Math.max(1, Math.ceil(job.timeoutMs / 60_000));
  const lines = [
    `# ${job.cron} (${job.timezone})`,
    `name: ${quoted(`mlctl ${job.name}`)}`,
    "on:",
    "  schedule:",
    ...times.map((time) => `    - cron: ${quoted(time)}`),
    "  workflow_dispatch:",
    "concurrency:",
    `  group: ${quoted(folder === "." ? "mlctl" : `mlctl ${folder}`)}`,
    "permissions:",
    "  contents: write",
    "jobs:",
    "  mlctl:",
    "    runs-on: ubuntu-latest",
    `    timeout-minutes: ${minutes}`,
    "    defaults:",
    "      run:",
    `        working-directory: ${quoted(folder)}`,
    "    steps:",
    "      - uses: actions/checkout@v4",
    "      - uses: actions/setup-node@v4",
    "        with:",
    "          node-version: 20",
    "      - run: npm install --global mlctl",
    `      - name: ${quoted(`mlctl ${job.words.join(" ")}`)}`,
    "        env:",
    "          DUE: ${{ github.event_name == 'schedule' && '--due " + DUE + "' || '' }}",
    `        run: mlctl schedule now ${job.name} $DUE -c ${shellQuoted(config)}`,
    "      - name: keep what it made",
    "        run: |",
    '          git config user.name "mlctl"',
    '          git config user.email "mlctl@users.noreply.github.com"',
    "          git add --all .",
    `          git diff --cached --quiet || { git commit -m "mlctl ${job.name}" && git push; }`,
  ];
  return `${lines.join("\n")}\n`;
}

/** A YAML text. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
