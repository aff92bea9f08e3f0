/** Where the prediction log of a workspace lies. */

/** Beside the index, in a file of its own: a training that holds the workspace never keeps an answer waiting. */
export function predictionLogPath(database: string): string {
  return `${database}.predictions`;
}
