/**
 * `npm test`: checks types, lint and format (stops at the first failure), then runs the tests of five minutes.
 * `npm run test:more` and `test:long`: with `--more` and `--long`, only those. Other arguments are passed to vitest.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Scripts to run with this Node, because the contents of .bin differ between operating systems. */
const programs = {
  tsc: "typescript/bin/tsc",
  oxlint: "oxlint/bin/oxlint",
  prettier: "prettier/bin/prettier.cjs",
  vitest: "vitest/vitest.mjs",
};
const scratch = mkdtempSync(join(tmpdir(), "mlctl-test-"));
const results = join(scratch, "results.json");

const others = ["more", "long"].filter((project) => process.argv.includes(`--${project}`));
if (others.length === 0) checkSources();
const status = run("vitest", [
  "run",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${results}`,
  ...(others.length > 0 ? others : ["unit", "acceptance", "real"]).flatMap((project) => ["--project", project]),
  ...process.argv.slice(2).filter((argument) => !/^--(more|long)$/.test(argument)),
]);
reportTotals();
rmSync(scratch, { recursive: true, force: true });
process.exit(status);

function checkSources() {
  check("types", "tsc", ["--noEmit"]);
  check("lint", "oxlint", ["--deny-warnings", "src", "bin", "scripts", "bench"]);
  check("format", "prettier", ["--check", "--log-level", "warn", "."]);
}

function check(name, program, args) {
  const checkStatus = run(program, args);
  console.log(`${name}: ${checkStatus === 0 ? "ok" : "failed"}`);
  if (checkStatus !== 0) process.exit(checkStatus);
}

function run(program, args) {
  const path = join(root, "node_modules", programs[program]);
  const outcome = spawnSync(process.execPath, [path, ...args], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (outcome.error) console.error(`error: ${program} could not be started: ${outcome.error.message}`);
  if (outcome.signal) console.error(`error: ${program} was terminated by ${outcome.signal}`);
  return outcome.status ?? 1;
}

function reportTotals() {
  if (!existsSync(results)) return console.error("error: vitest exited without writing its results");
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(results, "utf8"));
  // A file whose set-up failed has only skipped tests.
  for (const { name, status: fileStatus, assertionResults } of testResults) {
    if (fileStatus === "failed" && assertionResults.every((test) => test.status !== "failed"))
      console.log(`failed: ${relative(root, name)}, before its tests`);
  }
  const skipped = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.filter((test) => test.status === "skipped").map((test) => reasonOf(name, test)),
  );
  for (const reason of new Set(skipped)) {
    console.log(`skipped: ${skipped.filter((each) => each === reason).length} of ${reason}`);
  }
  console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
}

/**
 * The file and the outermost title that gives a reason, e.g. "(needs …)" or "(skipped where …)"; else the outermost
 * title.
 */
function reasonOf(file, { ancestorTitles, title }) {
  const titles = [...ancestorTitles, title].filter((each) => each !== "");
  const reason = titles.find((each) => /needs|skipped|without|absent|not installed/i.test(each));
  return `${relative(root, file)}: ${reason ?? titles[0]}`;
}
