/** Predictions of a model for a batch of rows. */
export interface Prediction {
  /** Regression: values. Classification: codes of the predicted classes, (n_samples). */
  readonly yPred: Float64Array;
  /** Binary: of class 1, (n_samples). Multiclass: row-major (n_samples × n_classes). Null for regression. */
  readonly probabilities: Float64Array | null;
}
