/** A workspace that starts from a file, of init and fullprocess. */
import { basename, relative } from "node:path";
import type { Context } from "../../core/context.ts";
import { exitCodes } from "../../core/errors.ts";
import type { View } from "../../core/view.ts";
import type { InitFromOptions, InitFromResult } from "../../lifecycle/start/initFrom.ts";

/** Names the call in config.json as one would type it beside the file. */
export async function startFrom(
  options: Omit<InitFromOptions, "known" | "command">,
  context: Context,
): Promise<InitFromResult> {
  const [step, { knownNames }] = await Promise.all([
    import("../../lifecycle/start/initFrom.ts"),
    import("../../lifecycle/knownNames.ts"),
  ]);
  const { from, target, testSize, seed } = options;
  const words = ["mlctl init --from", basename(from), "--target", target];
  const more = [testSize === 0.2 ? [] : ["--test-size", String(testSize)], seed === 42 ? [] : ["--seed", String(seed)]];
  const command = [...words, ...more.flat()].map((word) =>
    /[^\w./ =-]|^[^-m].* /.test(word) ? JSON.stringify(word) : word,
  );
  return step.initFrom({ ...options, known: knownNames(), command: command.join(" ") }, context);
}

export function startedView({ dryRun, files, decisions, notes, directory }: InitFromResult): View {
  const folder = relative(process.cwd(), directory);
  const shown = files.filter((file) => !/gitignore|schema/.test(file));
  return {
    title: `${dryRun ? "would write" : "wrote"} ${shown.join(", ")}${folder === "" ? "" : ` to ${folder}`}`,
    fields: decisions,
    notes,
    ...(dryRun ? {} : { next: `\`${folder === "" ? "" : `cd ${folder} && `}mlctl fullprocess\`` }),
  };
}

/** @param given the file as typed */
export async function columnsOutcome(file: string, given: string) {
  const { columnsOf } = await import("../../lifecycle/start/initFrom.ts");
  const { columns, notes } = await columnsOf(file);
  const likely = columns.filter(({ isLikelyTarget }) => isLikelyTarget).map(({ name }) => name);
  const rows = columns.map((column) => [
    column.name,
    column.kind,
    column.distinct,
    column.missing,
    column.isLikelyTarget ? "likely" : "",
  ]);
  const view: View = {
    title: `${given} has ${columns.length} columns: which one is to be predicted?`,
    tables: [{ columns: ["column", "kind", "different values", "missing", "target"], rows }],
    notes,
    next: `\`mlctl init --from ${given} --target ${JSON.stringify(likely[0] ?? columns.at(-1)!.name)}\``,
  };
  return { result: { columns, likelyTargets: likely, notes }, view, exitCode: exitCodes.usage };
}
