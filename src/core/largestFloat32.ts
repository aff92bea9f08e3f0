/**
 * The largest number that models take, in features and targets: XGBoost computes in float32, and the squares and products
 * of larger ones overflow in double precision as well.
 */
export const LARGEST_FLOAT32 = 3.4028234663852886e38;
