/** The templates of `mlctl init`: a summary, the commented config.json and commands to try. */
import { readFileSync } from "node:fs";
import { projectRoot } from "../core/projectRoot.ts";

export const templates = ["attrition", "crs", "traffic", "churn", "course", "blank"] as const;

export type Template = (typeof templates)[number];

interface ConfigTemplate {
  readonly shows: string;
  readonly tryNext: readonly (readonly [command: string, why: string])[];
}

const report = ["mlctl report", "metrics and plots as an HTML page"] as const;

const all: Readonly<Record<Template, ConfigTemplate>> = {
  attrition: {
    shows: "binary classification of small CSV files; duplicates, drift",
    tryNext: [
      ["mlctl predict testdata/testdata.csv", "predictions for a file"],
      ["MLCTL_INPUT_FOLDER_PATH=sourcedata mlctl fullprocess", "the next files, which have drifted"],
      report,
    ],
  },
  crs: {
    shows: "forecast by date from a JSON feed; SQL, lags, feature sets",
    tryNext: [
      ["mlctl predict requests/dates.csv", "forecasts for two dates; the history is in the model"],
      ["mlctl runs list", "each model with each feature set"],
      report,
    ],
  },
  traffic: {
    shows: "hourly volumes from yearly CSV files; holidays, broken sensors",
    tryNext: [
      ["mlctl predict requests/hours.csv", "predictions for three hours"],
      ["mlctl explain", "which features affect the predictions"],
      ["mlctl tune", "search for better xgboost parameters (TPE)"],
      report,
    ],
  },
  churn: {
    shows: "rare positive class; tuned threshold, required metrics, monitoring",
    tryNext: [
      ["mlctl predict drops/customer_churn_2.csv", "predict a file without labels"],
      ["mlctl monitor drops/customer_churn_1.csv", "check a file for drift and the model's performance on it"],
      ["mlctl tune", "search for better xgboost parameters (TPE)"],
      report,
    ],
  },
  course: {
    shows: "Parquet split by position; folds by group, monotone trees",
    tryNext: [
      ["mlctl predict requests/learners.csv", "predictions for two learners"],
      ["mlctl explain", "which features affect the predictions"],
      report,
    ],
  },
  blank: { shows: "minimal configuration for your own files", tryNext: [] },
};

export function configTemplate(template: Template): ConfigTemplate {
  return all[template];
}

export function templateText(template: Template): string {
  const path = template === "attrition" ? "config.json" : `examples/templates/${template}.json`;
  return readFileSync(new URL(path, projectRoot), "utf8");
}
