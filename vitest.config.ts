/**
 * Five projects: the parts of the program, the program as people call it, real data, more of these three, and what takes
 * minutes. `npm test` runs the first three in at most five minutes; `npm run test:more` and `npm run test:long` the others.
 */
import { availableParallelism } from "node:os";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { defineConfig } from "vitest/config";

/** By name, wherever the file lies. */
const named = (names: string): string[] => names.split(" ").map((name) => `src/**/${name}.test.ts`);

/** On the data of ../shared/data. */
const real = ["src/acceptance/real*.test.ts", ...named("evidentlyDrift readTable recordedDrift lifecycle/scikitLearn")];

/** Beside their sources, but whole steps that train, or repetitions and sizes that take seconds. */
const wholeSteps = [
  ...named(
    "buildModel describeModel deploy diffRuns keepModels lifecycle/series predict/forecast lookBackModel monitorNewRows planFullprocess",
  ),
  ...named("planIngest fetchSources selection why referenceInThread reportDrift score htmlReport plotWorker"),
  ...named("ingestFiles chooseFormats exactDigits readPlainCsv strangersTable sharedPool"),
  ...named(
    "xgboost/xgboost atomicWrite predictionLog logReader retain runStore postgresRecords judgeWindow driftReport",
  ),
  ...named(
    "singleValues dedupe formatSql earlyStopping fitCandidate fit/oddNumbers runSearch exportOnnx treeShap hostTimes",
  ),
];

/** What would take `npm test` over its five minutes, and tests further corners of what other tests run through. */
const more = named(
  "planFullprocess schedule monitorNewRows htmlReport sharedArtifacts nativeCalls fetchSources lifecycle/series judgeWindow serveLimits realDrops exactDigits treeShap logReader predictionLog/predictionLog retain fit/oddNumbers acceptance/watch exportOnnx chooseFormats alertsWait loneFile automaticSettings promotionRows",
);

/** What takes minutes together: killed processes, full disks, other machines and services, whole systems, large sizes. */
const long = [
  "src/acceptance/faults/**/*.test.ts",
  ...named(
    "watchKilled fetchCut acceptance/workers workersElsewhere lifecycleShared commitDeployment deployKilled predictFiles pruneDeployments crontab serveSwaps watchSources",
  ),
  ...named("distributed sharedLog engine strangeMachine toyRegistry packages package badState browser pages threads"),
  ...named(
    "githubWorkflow githubActions serveFuzz generatedClients registry scheduleHistory otherTasks alertKinds environments",
  ),
  ...named("templates templatesReal strangerData sameAnswers serveSystems calibration"),
  ...named(
    "realTune realSeason realAttrition realCourse realTraffic realMonitoring manyColumns hostileWritersMany manyOddCsv millionRows oddNumbersMany oddData oddRows csvReaders rowsOfAnySize duckdb/duckdb",
  ),
];

/** The files that take longest, the longest first: they start first, so that all cores are busy to the end. */
const longest = named(
  "templatesReal realMonitoring pages schedule serve lifecycle planFullprocess badState tune templates killed",
);

/** One project after the other, because files share the processes of their project. */
const projectOrder = ["long", "more", "real", "acceptance", "unit"];

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
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
    // More than the least machine has cores: many tests wait for a process or a clock.
    maxWorkers: Math.max(4, availableParallelism()),
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["src/**/*.test.ts"],
          exclude: ["src/acceptance/**", ...real, ...more, ...long, ...wholeSteps],
          ...sharedProcess,
        },
      },
      {
        extends: true,
        test: {
          name: "acceptance",
          include: ["src/acceptance/**/*.test.ts", ...wholeSteps],
          exclude: [...real, ...more, ...long],
          ...sharedProcess,
          ...runsTheProgram,
        },
      },
      {
        extends: true,
        test: { name: "real", include: real, exclude: [...more, ...long], ...sharedProcess, ...runsTheProgram },
      },
      {
        extends: true,
        test: { name: "more", include: more, ...sharedProcess, ...runsTheProgram },
      },
      {
        extends: true,
        test: { name: "long", include: long, testTimeout: 600_000, ...sharedProcess, ...runsTheProgram },
      },
    ],
  },
});
