/** The templates of `mlctl init`: what each shows, its commented config.json, and what to try in it. */
import { attrition } from "./configTemplates/attrition.ts";
import { blank } from "./configTemplates/blank.ts";
import { churn } from "./configTemplates/churn.ts";
import { course } from "./configTemplates/course.ts";
import { crs } from "./configTemplates/crs.ts";
import { traffic } from "./configTemplates/traffic.ts";

export const templates = ["attrition", "crs", "traffic", "churn", "course", "blank"] as const;

export type Template = (typeof templates)[number];

export interface ConfigTemplate {
  /** What a person learns from it. */
  readonly shows: string;
  /** JSON with comments. */
  readonly text: string;
  /** Commands that work once `mlctl fullprocess` has run, each with its reason. */
  readonly tryNext: readonly (readonly [command: string, why: string])[];
}

const report = ["mlctl report", "the figures and plots as a page"] as const;

const all: Readonly<Record<Template, ConfigTemplate>> = {
  attrition: {
    shows: "yes or no from small CSV files; copies, drift, only better models",
    text: attrition,
    tryNext: [
      ["mlctl predict testdata/testdata.csv", "answers for a file"],
      ["MLCTL_INPUT_FOLDER_PATH=sourcedata mlctl fullprocess", "the next files, which drifted"],
      report,
    ],
  },
  crs: {
    shows: "a forecast by date from a JSON feed; SQL, lags, feature sets",
    text: crs,
    tryNext: [
      ["mlctl predict requests/dates.csv", "the forecast for two dates; the history is in the model"],
      ["mlctl runs list", "every feature set with every model"],
      report,
    ],
  },
  traffic: {
    shows: "volumes by hour from yearly CSV files; holidays, broken sensors",
    text: traffic,
    tryNext: [
      ["mlctl predict requests/hours.csv", "volumes for three hours"],
      ["mlctl explain", "which features move the answers"],
      ["mlctl tune", "better parameters of xgboost, by TPE"],
      report,
    ],
  },
  churn: {
    shows: "a rare yes; tuned threshold, required metrics, files to monitor",
    text: churn,
    tryNext: [
      ["mlctl predict drops/customer_churn_2.csv", "score a file that has no answers yet"],
      ["mlctl monitor drops/customer_churn_1.csv", "has this file drifted, and is the model still good?"],
      ["mlctl tune", "better parameters of xgboost, by TPE"],
      report,
    ],
  },
  course: {
    shows: "Parquet split by position; folds by person, monotone trees",
    text: course,
    tryNext: [
      ["mlctl predict requests/learners.csv", "two learners"],
      ["mlctl explain", "which features move the answers"],
      report,
    ],
  },
  blank: { shows: "the smallest configuration, for files of your own", text: blank, tryNext: [] },
};

export function configTemplate(template: Template): ConfigTemplate {
  return all[template];
}
