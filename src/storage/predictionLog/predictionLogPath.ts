/** Path of the prediction log: a file of its own next to the index, so that training never delays a prediction. */
export function predictionLogPath(database: string): string {
  return `${database}.predictions`;
}
