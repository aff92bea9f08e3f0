/** The largest number in features and targets: XGBoost computes in float32, and squares of larger ones overflow. */
export const LARGEST_FLOAT32 = 3.4028234663852886e38;
