/** Three projects: the parts of the program, the program as people call it, and real data. `npm test` runs them all. */
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { defineConfig } from "vitest/config";

/** By name, wherever the file lies. */
const named = (names: string): string[] => names.split(" ").map((name) => `src/**/${name}.test.ts`);

/** On the data of ../shared/data, and long searches. */
const real = [
  "src/acceptance/real*.test.ts",
  ...named("evidentlyDrift readTable recordedDrift lifecycle/scikitLearn strangerData templatesReal"),
];

/** Beside their sources, but whole steps that train, a browser, killed processes, or repetitions and sizes that take their time. */
const wholeSteps = [
  ...named("buildModel deploy diffRuns keepModels lookBackModel planFullprocess planIngest selection why"),
  ...named("referenceInThread reportDrift score browser htmlReport plotWorker"),
  ...named("atomicWrite commitDeployment predictionLog retain sqliteStore"),
  ...named("calibration judgeWindow manyColumns millionRows"),
];

/** The longest files, which start first, so that both cores are busy to the end. */
const longest =
  /realTune|realMonitoring|realCrs|killed\.|hostile\.|backup|lifecycle\.|badData|engine|watch|schedule\.|toyRegistry/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId, project }: TestSpecification): number =>
      longest.test(moduleId) ? 0 : ["real", "acceptance", "unit"].indexOf(project.name) + 1;
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
          exclude: ["src/acceptance/**", ...real, ...wholeSteps],
          ...sharedProcess,
        },
      },
      {
        extends: true,
        test: {
          name: "acceptance",
          include: ["src/acceptance/**/*.test.ts", ...wholeSteps],
          exclude: real,
          ...runsTheProgram,
        },
      },
      // A search of a hundred fits takes its time on a machine that does something else as well.
      { extends: true, test: { name: "real", include: real, testTimeout: 240_000, ...runsTheProgram } },
    ],
  },
});
