/** config.json has "regression" or "classification": two classes are binary, more are multiclass. */
export type Task = "regression" | "binary" | "multiclass";
