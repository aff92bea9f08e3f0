/** Tells the models of one training apart. */

/** A parameter that training adds: what early stopping found. */
const RESULT = "best_iteration";

interface Labelled {
  readonly family: string;
  readonly featureSet: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** @param familyName its name for people; the name in config.json if left out */
export function candidateLabels(
  candidates: readonly Labelled[],
  familyName: (family: string) => string = (family) => family,
): string[] {
  const settings = ownSettings(candidates);
  return candidates.map(({ family, featureSet }, i) => {
    const features = featureSet === "all" ? "" : ` on ${featureSet}`;
    return `${familyName(family)}${features}${settings[i] === "" ? "" : ` (${settings[i]})`}`;
  });
}

/** By candidate: the parameters in which it differs from others of its family and feature set: "max_depth 3, eta 0.1". */
export function ownSettings(candidates: readonly Labelled[]): string[] {
  return candidates.map(({ family, params, featureSet }) => {
    const alike = candidates.filter((each) => each.family === family && each.featureSet === featureSet);
    const own = Object.entries(params).filter(
      ([name, value]) => name !== RESULT && alike.some((each) => each.params[name] !== value),
    );
    return own.map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(", ");
  });
}
