/** Task: what kind of answer a model gives. */

/** config.json says regression or classification; two classes make it binary, more make it multiclass. */
export type Task = "regression" | "binary" | "multiclass";
