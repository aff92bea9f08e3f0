/** Exports a model to a format that other programs read. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Writable } from "node:stream";
import { MlctlError } from "../../core/errors.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { exportOnnx } from "../../pipeline/onnx/exportOnnx.ts";
import { atomicWrite } from "../../storage/files/atomicWrite.ts";
import { sha256Text } from "../../storage/files/workspacePaths.ts";
import { loadModel, type LoadedModel } from "../loadModel.ts";
import type { Session } from "../session.ts";

/** What --format offers: json and onnx are mlctl's own; a family has the others in its `exports`. */
export type ExportFormat = "json" | "xgboost-json" | "onnx";

export interface ExportRequest {
  readonly reference: string;
  readonly format: ExportFormat;
  readonly from: "columns" | "features";
  readonly output: string;
  readonly stdout: Writable & { readonly isTTY?: boolean };
}

export type ExportResult = Awaited<ReturnType<typeof exportModel>>;

/** @throws {MlctlError} kind "usage" if the model cannot be exported to the format */
export async function exportModel(session: Session, request: ExportRequest) {
  const { format, output, stdout } = request;
  if (output === "-" && format === "onnx" && stdout.isTTY === true) {
    throw new MlctlError("usage", "an ONNX file cannot be printed to a terminal", {
      hint: "add -o model.onnx, or pipe the output",
    });
  }
  const loaded = await loadModel(session, request.reference);
  const { content, inputs, outputs } = contentOf(loaded, request);
  if (output === "-") await written(stdout, content);
  else atomicWrite(resolve(output), content);
  const { family } = loaded.model.estimator;
  const file = { format, output, bytes: content.length, sha256: sha256Text(content) };
  return { runId: loaded.run?.runId ?? null, family, ...file, inputs, outputs };
}

/** @returns `width`: of onnx, values per row; null for a one-dimensional tensor and for the other formats */
function contentOf(loaded: LoadedModel, { format, from }: ExportRequest) {
  const { model, path } = loaded;
  if (format === "onnx") {
    const { bytes, inputs, outputs } = exportOnnx(model, { from });
    const described = (values: typeof inputs) => values.map(({ name, type, width }) => ({ name, kind: type, width }));
    return { content: bytes, inputs: described(inputs), outputs: described(outputs) };
  }
  const prediction = [{ name: model.signature.target.name, kind: model.signature.target.task, width: null }];
  if (format === "json") {
    const inputs = model.signature.inputs.map(({ name, kind }) => ({ name, kind, width: null }));
    return { content: readFileSync(path), inputs, outputs: prediction };
  }
  const inputs = model.estimator.featureNames.map((name) => ({ name, kind: "number", width: null }));
  return { content: new TextEncoder().encode(nativeFormat(loaded, format)), inputs, outputs: prediction };
}

function nativeFormat({ model }: LoadedModel, format: ExportFormat): string {
  const { family } = model.estimator;
  const { exports, toOnnx } = findEstimator(family);
  const write = exports?.[format];
  if (write !== undefined) return write(model.estimator);
  throw new MlctlError("usage", `${family}: models of this family cannot be exported as ${format}`, {
    hint: `${toOnnx === undefined ? "--format json works" : "--format onnx and --format json work"} for every family`,
  });
}

function written(stdout: Writable, content: Uint8Array): Promise<void> {
  return new Promise((done, failed) => stdout.write(content, (error) => (error ? failed(error) : done())));
}
