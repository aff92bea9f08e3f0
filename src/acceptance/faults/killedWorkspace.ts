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

/** Rows that wait in practicedata/more.csv. */
const MORE_ROWS = 100;

/** @returns the workspace, and the run that is deployed in it */
export function waitingWorkspace(): { waiting: LifecycleWorkspace; oldRun: string } {
  const waiting = sampleWorkspace();
  // A model of other data is deployed whatever it is worth: a kill can come before the switch or after it.
  waiting.configure({ train: quick, promotion: { beat_baseline: false } });
  for (const path of ["practicedata/dataset1.csv", "practicedata/dataset2.csv", "testdata/testdata.csv"])
    waiting.write({ [path]: `${waiting.read(path).split("\n").slice(0, 151).join("\n")}\n` });
  const oldRun = waiting.json<FullprocessJson>("fullprocess").run_id!;
  waiting.write({ "practicedata/more.csv": moreRows(waiting.read("practicedata/dataset1.csv")) });
  return { waiting, oldRun };
}

/** Rows that contradict the others a little, so that the new model differs. */
function moreRows(csv: string): string {
  const [header, ...lines] = csv.trim().split("\n");
  const { uniform } = random(3);
  const changed = lines.slice(0, MORE_ROWS).map((line) => `new${line.slice(0, -1)}${uniform() < 0.6 ? 1 : 0}`);
  return `${[header, ...changed].join("\n")}\n`;
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
