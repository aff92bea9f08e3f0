/** Artifact: a file that mlctl wrote, with what is needed to notice that it changed. */
export interface Artifact {
  /** Relative to the workspace (the folder of config.json), with forward slashes, so that a copied workspace works. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}
