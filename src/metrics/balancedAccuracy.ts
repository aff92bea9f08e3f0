/** Balanced accuracy: mean recall over the classes, so that a rare class counts as much as a frequent one. */
import { confusionMetric } from "./confusionMetric.ts";

/** Ignores classes without labelled rows, like scikit-learn. */
export const balancedAccuracy = confusionMetric({
  name: "balanced_accuracy",
  label: "Balanced accuracy",
  valueOf: ({ classCount, cells, actual }) => {
    let sum = 0;
    let classes = 0;
    for (let code = 0; code < classCount; code++) {
      if (actual[code] === 0) continue;
      sum += cells[code * classCount + code]! / actual[code]!;
      classes++;
    }
    return sum / classes;
  },
});
