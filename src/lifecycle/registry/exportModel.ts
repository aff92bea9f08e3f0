/** Writes a model in a form that other programs read. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Writable } from "node:stream";
import { MlctlError } from "../../core/errors.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { exportOnnx } from "../../pipeline/onnx/exportOnnx.ts";
import { atomicWrite } from "../../storage/files/atomicWrite.ts";
import { sha256Text } from "../../storage/files/sha256.ts";
import { loadModel, type LoadedModel } from "../loadModel.ts";
import type { Session } from "../session.ts";

export const exportFormats = ["json", "xgboost-json", "onnx"] as const;

export type ExportFormat = (typeof exportFormats)[number];

export interface ExportRequest {
  readonly reference: string;
  readonly format: ExportFormat;
  /** onnx: what goes in. */
  readonly from: "columns" | "features";
  /** A file, or "-" for `stdout`. */
  readonly output: string;
  readonly stdout: Writable & { readonly isTTY?: boolean };
}

export interface ExportResult {
  readonly runId: string | null;
  readonly family: string;
  readonly format: ExportFormat;
  readonly output: string;
  readonly bytes: number;
  readonly sha256: string;
  /** What the file takes, in order, and of which kind. */
  readonly inputs: readonly ExportedValue[];
  readonly outputs: readonly ExportedValue[];
}

export interface ExportedValue {
  readonly name: string;
  readonly kind: string;
  /** onnx: numbers for each row; null for a plain list, and for the other formats. */
  readonly width: number | null;
}

type Content = Pick<ExportResult, "inputs" | "outputs"> & { readonly content: Uint8Array };

/** @throws {MlctlError} kind "usage" where the model has no such form */
export async function exportModel(session: Session, request: ExportRequest): Promise<ExportResult> {
  const { format, output, stdout } = request;
  if (output === "-" && format === "onnx" && stdout.isTTY === true) {
    throw new MlctlError("usage", "a terminal cannot show an ONNX file", { hint: "add -o model.onnx, or pipe it" });
  }
  const loaded = await loadModel(session, request.reference);
  const { content, inputs, outputs } = contentOf(loaded, request);
  if (output === "-") await written(stdout, content);
  else atomicWrite(resolve(output), content);
  const { family } = loaded.model.estimator;
  const told = { format, output, bytes: content.length, sha256: sha256Text(content) };
  return { runId: loaded.run?.runId ?? null, family, ...told, inputs, outputs };
}

function contentOf(loaded: LoadedModel, { format, from }: ExportRequest): Content {
  const { model, path } = loaded;
  if (format === "onnx") {
    const { bytes, inputs, outputs } = exportOnnx(model, { from });
    const told = (values: typeof inputs) => values.map(({ name, type, width }) => ({ name, kind: type, width }));
    return { content: bytes, inputs: told(inputs), outputs: told(outputs) };
  }
  const answer = [{ name: model.signature.target.name, kind: model.signature.target.task, width: null }];
  if (format === "json") {
    const inputs = model.signature.inputs.map(({ name, kind }) => ({ name, kind, width: null }));
    return { content: readFileSync(path), inputs, outputs: answer };
  }
  const inputs = model.estimator.featureNames.map((name) => ({ name, kind: "number", width: null }));
  return { content: new TextEncoder().encode(ownForm(loaded, format)), inputs, outputs: answer };
}

/** The form of the family's own program. */
function ownForm({ model }: LoadedModel, format: ExportFormat): string {
  const { family } = model.estimator;
  const write = findEstimator(family).exports?.[format];
  if (write !== undefined) return write(model.estimator);
  throw new MlctlError("usage", `a model of ${family} has no form ${format}`, {
    hint: "--format onnx and --format json are for every family",
  });
}

function written(stdout: Writable, content: Uint8Array): Promise<void> {
  return new Promise((done, failed) => stdout.write(content, (error) => (error ? failed(error) : done())));
}
