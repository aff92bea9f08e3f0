/** Validates a list of transforms without data. */
import { didYouMean } from "../core/text/suggest.ts";
import type { TransformRequest } from "../core/transform.ts";
import { findTransform, transforms } from "./index.ts";
import { optionProblems } from "./readOptions.ts";

/** A problem with its path in config.json. */
export interface TransformProblem {
  /** E.g. "features[2]". */
  readonly path: string;
  readonly message: string;
}

/** All unknown types, unknown options and invalid values; empty if there are none. */
export function transformProblems(requests: readonly TransformRequest[]): TransformProblem[] {
  return requests.flatMap(({ type, options }, i) => {
    const path = `features[${i}]`;
    const transform = findTransform(type);
    if (transform === undefined) {
      const known = Object.keys(transforms);
      return [{ path, message: `unknown type "${type}", ${didYouMean(type, known, `allowed: ${known.join(", ")}`)}` }];
    }
    return optionProblems(options, transform.options).map((problem) => ({ path, message: `${type}: ${problem}` }));
  });
}
