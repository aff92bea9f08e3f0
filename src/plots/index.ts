/** Registry of the plots by name. Each function returns a specification, which `render.ts` draws. */
import { calibrationPlot } from "./calibration.ts";
import { confusionMatrixPlot } from "./confusionMatrix.ts";
import { driftColumnPlot } from "./driftColumn.ts";
import { forecastPlot } from "./forecast.ts";
import { gainsPlot } from "./gains.ts";
import { importancePlot } from "./importance.ts";
import { leaderboardPlot } from "./leaderboard.ts";
import { overTimePlot } from "./means/overTime.ts";
import { partialDependencePlot } from "./means/partialDependence.ts";
import { precisionRecallPlot } from "./precisionRecallCurve.ts";
import { predictedVsActualPlot } from "./predictedVsActual.ts";
import { residualHistogramPlot } from "./residualHistogram.ts";
import { residualsPlot } from "./residuals.ts";
import { rocCurvePlot } from "./rocCurve.ts";
import { scoreHistoryPlot } from "./scoreHistory.ts";
import { scoreIntervalPlot } from "./scoreInterval.ts";
import { shapSummaryPlot } from "./shapSummary.ts";
import { thresholdsPlot } from "./thresholds.ts";

export const plots = {
  confusionMatrix: confusionMatrixPlot,
  rocCurve: rocCurvePlot,
  precisionRecall: precisionRecallPlot,
  calibration: calibrationPlot,
  thresholds: thresholdsPlot,
  gains: gainsPlot,
  predictedVsActual: predictedVsActualPlot,
  residuals: residualsPlot,
  residualHistogram: residualHistogramPlot,
  overTime: overTimePlot,
  importance: importancePlot,
  partialDependence: partialDependencePlot,
  leaderboard: leaderboardPlot,
  driftColumn: driftColumnPlot,
  forecast: forecastPlot,
  scoreHistory: scoreHistoryPlot,
  scoreInterval: scoreIntervalPlot,
  shapSummary: shapSummaryPlot,
};
