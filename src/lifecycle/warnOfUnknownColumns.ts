/** Tells of columns that `monitor.drift.columns` names and the model does not know: a misspelt one would go unwatched. */
import type { Model } from "../core/model.ts";
import { suggest } from "../core/suggest.ts";
import type { Session } from "./session.ts";

/** A warning and no error: the model may be older than the column. */
export function warnOfUnknownColumns({ config, context }: Pick<Session, "config" | "context">, model: Model): void {
  const known = [...Object.keys(model.reference.columns), model.signature.target.name, "prediction"];
  for (const name of Object.keys(config.monitor.drift.columns)) {
    if (known.includes(name)) continue;
    const near = suggest(name, known);
    context.emit({
      type: "warning",
      stage: "drift",
      message: `config.json: monitor.drift.columns names "${name}", a column that the model was not trained on`,
      hint: near === undefined ? 'an input of the model, its target, or "prediction"' : `did you mean "${near}"?`,
    });
  }
}
