/** What the tests of kills and of several at once share: a deployed workspace with a file of more rows waiting. */
import { random } from "../../core/random.ts";
import {
  sampleWorkspace,
  sha256,
  type Finished,
  type FullprocessJson,
  type LifecycleWorkspace,
} from "../lifecycleWorkspace.ts";

interface DoctorJson {
  readonly findings: readonly { readonly name: string; readonly status: string; readonly message: string }[];
}

/** Linear models on a tenth of the sample: a second a run, so that many can be killed. */
const quick = { models: [{ family: "baseline" }, { family: "logistic_regression" }], metric: "f1", seed: 42 };

/** Rows of the deployed model. */
const FEW_ROWS = 80;

/** Rows that wait in practicedata/more.csv. */
const MORE_ROWS = 300;

/** @returns the workspace, and the run that is deployed in it */
export function waitingWorkspace(): { waiting: LifecycleWorkspace; oldRun: string } {
  const waiting = sampleWorkspace();
  waiting.configure({ train: quick, promotion: { beat_baseline: false, confidence: null } });
  const [header = "", ...lines] = waiting.read("practicedata/dataset1.csv").trim().split("\n");
  const { uniform } = random(3);
  // The first labels are chance, so that the model of more rows is deployed: a kill can come before the switch or after it.
  const first = lines.slice(0, FEW_ROWS).map((line) => `${line.slice(0, -1)}${uniform() < 0.5 ? 1 : 0}`);
  const test = waiting.read("testdata/testdata.csv").split("\n").slice(0, 151);
  const file = (...rows: string[]): string => `${rows.join("\n")}\n`;
  waiting.write({
    "practicedata/dataset1.csv": file(header, ...first),
    "practicedata/dataset2.csv": null,
    "testdata/testdata.csv": file(...test),
  });
  const oldRun = waiting.json<FullprocessJson>("fullprocess").run_id!;
  waiting.write({ "practicedata/more.csv": file(header, ...lines.slice(FEW_ROWS, FEW_ROWS + MORE_ROWS)) });
  return { waiting, oldRun };
}

/** Content of the newest dataset, the newest model and the deployed one. */
export function outcome(workspace: LifecycleWorkspace): string[] {
  return [
    sha256(workspace.read(`ingesteddata/${workspace.names("ingesteddata", /^finaldata_/).at(-1)}`)),
    sha256(workspace.read(`models/${workspace.names("models", /^trainedmodel_/).at(-1)}`)),
    sha256(workspace.read("production_deployment/trainedmodel.json")),
  ];
}

/** What doctor finds wrong; throws where it cannot answer. */
export function failures({ stdout, stderr }: Finished): string[] {
  if (stdout === "") throw new Error(`doctor did not answer: ${stderr}`);
  const { findings } = JSON.parse(stdout) as DoctorJson;
  return findings.filter(({ status }) => status === "fail").map(({ name, message }) => `${name}: ${message}`);
}

/** Temporary files in the folders that mlctl writes to. */
export function temporaries(workspace: LifecycleWorkspace): string[] {
  return [".", "ingesteddata", "models", "production_deployment"].flatMap((folder) =>
    workspace.names(folder, /mlctl-tmp/),
  );
}
