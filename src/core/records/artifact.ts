/** Artifact: a file written by mlctl, with the checksum and size that reveal a change. */
export interface Artifact {
  /** Relative to the workspace, with forward slashes, so that a copied workspace still works. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}
