/** Workflow steps that carry mlctl's files from one run to the next: each runner starts with only the repository. */
import { shellWord } from "./jobCommand.ts";

/**
 * A branch that holds only mlctl's files, including records and models that .gitignore excludes. GitHub deletes caches
 * after a week and artifacts after some months, and neither can merge the results of two concurrent jobs.
 */
export const STATE_BRANCH = "mlctl-state";

/** @param folders relative to the workspace, which is the working directory of the steps */
export function restoreStep(folders: readonly string[]): object {
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

/**
 * Merges the results of concurrent jobs file by file, which works because record names are unique. Also runs after a
 * failed job, because its record and log are needed then.
 */
export function keepStep(folders: readonly string[], message: string): object {
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
export function withoutExpressions(text: string): string {
  return text.replaceAll("${{", "${{ '${{' }}");
}

function words(folders: readonly string[]): string {
  return folders.map(shellWord).join(" ");
}
