/** File names of a deployment, in its release folder and next to deployment.json. */
import type { Artifact } from "../../core/records/artifact.ts";
import type { Deployment } from "../../core/records/deployment.ts";

/** The copies next to deployment.json: name and source artifact. */
export function copies({ model, latestScore, ingestedFiles }: Deployment): [name: string, of: Artifact | null][] {
  return [
    ["trainedmodel.json", model],
    ["latestscore.txt", latestScore],
    ["ingestedfiles.txt", ingestedFiles],
  ];
}
