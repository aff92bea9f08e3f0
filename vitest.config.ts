/**
 * Four projects: the parts of the program, the program as people call it, real data, and what takes minutes.
 * `npm test` runs the first three, `npm run test:long` the last.
 */
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { defineConfig } from "vitest/config";

/** By name, wherever the file lies. */
const named = (names: string): string[] => names.split(" ").map((name) => `src/**/${name}.test.ts`);

/** On the data of ../shared/data. */
const real = [
  "src/acceptance/real*.test.ts",
  ...named("evidentlyDrift readTable recordedDrift lifecycle/scikitLearn strangerData templatesReal"),
];

/** Beside their sources, but whole steps that train, a browser, killed processes, or repetitions and sizes that take their time. */
const wholeSteps = [
  ...named("buildModel deploy diffRuns keepModels lookBackModel planFullprocess planIngest selection why"),
  ...named("referenceInThread reportDrift score browser htmlReport plotWorker"),
  ...named("atomicWrite commitDeployment predictionLog retain sqliteStore"),
  ...named("calibration judgeWindow millionRows"),
];

/** Searches of many fits, and sizes that take half a minute. */
const long = named("realTune manyColumns manyOddCsv");

/** The files that take longest, the longest first: they start first, so that all cores are busy to the end. */
const longest = named(
  "killed templates toyRegistry badData sameAnswers backup lifecycle strangeMachine engine pages watchKilled",
);

/** One project after the other, because files share the processes of their project. */
const projectOrder = ["long", "acceptance", "real", "unit"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const names = longest.map((pattern) => pattern.slice(pattern.lastIndexOf("/")));
    const place = ({ moduleId, project }: TestSpecification): number => {
      const length = names.findIndex((name) => moduleId.endsWith(name));
      return projectOrder.indexOf(project.name) * 1000 + (length < 0 ? names.length : length);
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

const sharedProcess = { isolate: false, setupFiles: ["src/testing/freshModules.ts"] };
const runsTheProgram = { globalSetup: ["src/acceptance/runFolder.ts"] };

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["src/**/*.test.ts"],
          exclude: ["src/acceptance/**", ...real, ...long, ...wholeSteps],
          ...sharedProcess,
        },
      },
      {
        extends: true,
        test: {
          name: "acceptance",
          include: ["src/acceptance/**/*.test.ts", ...wholeSteps],
          exclude: [...real, ...long],
          ...sharedProcess,
          ...runsTheProgram,
        },
      },
      {
        extends: true,
        test: { name: "real", include: real, exclude: long, ...sharedProcess, ...runsTheProgram },
      },
      {
        extends: true,
        test: { name: "long", include: long, testTimeout: 600_000, ...runsTheProgram },
      },
    ],
  },
});
