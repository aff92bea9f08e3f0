/** The files of a deployment, by the names they have in its release and beside deployment.json. */
import type { Artifact } from "../../core/records/artifact.ts";
import type { Deployment } from "../../core/records/deployment.ts";

/** The copies beside deployment.json, by name, with what they are copies of. */
export function copies({ model, latestScore, ingestedFiles }: Deployment): [name: string, of: Artifact | null][] {
  return [
    ["trainedmodel.json", model],
    ["latestscore.txt", latestScore],
    ["ingestedfiles.txt", ingestedFiles],
  ];
}
