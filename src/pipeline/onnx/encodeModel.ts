/** Encodes an ONNX graph as the bytes of a .onnx file. */
import protobuf from "protobufjs";
import type { OnnxAttribute, OnnxType } from "../../core/onnx.ts";
import type { GraphValue, OnnxGraph, OnnxTensor } from "./graph.ts";
import { onnxMessages } from "./messages.ts";

/** Operator sets supported by ONNX Runtime 1.10 (2021) and newer. */
const OPERATORS = [
  { domain: "", version: 15 },
  { domain: "ai.onnx.ml", version: 2 },
];
const IR_VERSION = 8;

/** TensorProto.DataType. */
const dataTypes: Readonly<Record<OnnxType, number>> = { float: 1, int64: 7, string: 8, double: 11 };

export interface OnnxFile extends OnnxGraph {
  readonly name: string;
  readonly description: string;
  readonly producerVersion: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The same graph gives the same bytes. */
export function encodeModel(file: OnnxFile): Uint8Array {
  const { name, description, producerVersion, metadata, nodes, initializers, inputs, outputs } = file;
  const graph = {
    node: nodes.map(({ operator, attributes, ...node }) => ({
      ...node,
      name: `${operator}_${node.outputs[0]}`,
      operator,
      attributes: Object.entries(attributes).map(([key, attribute]) => attributeMessage(key, attribute)),
    })),
    name,
    initializers: initializers.map(tensorMessage),
    inputs: inputs.map(valueMessage),
    outputs: outputs.map(valueMessage),
  };
  const Model = protobuf.parse(onnxMessages).root.lookupType("Model");
  const message = Model.fromObject({
    irVersion: IR_VERSION,
    producerName: "mlctl",
    producerVersion,
    description,
    graph,
    operators: OPERATORS,
    metadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
  return Model.encode(message).finish();
}

function attributeMessage(name: string, attribute: OnnxAttribute): object {
  if ("int" in attribute) return { name, int: attribute.int, type: 2 };
  if ("float" in attribute) return { name, float: attribute.float, type: 1 };
  if ("text" in attribute) return { name, text: bytes(attribute.text), type: 3 };
  if ("floats" in attribute) return { name, floats: attribute.floats, type: 6 };
  if ("ints" in attribute) return { name, ints: attribute.ints, type: 7 };
  return { name, texts: attribute.texts.map(bytes), type: 8 };
}

function tensorMessage({ name, type, dims, values }: OnnxTensor): object {
  const common = { name, dims, dataType: dataTypes[type] };
  if (type === "string") return { ...common, texts: values.map((value) => bytes(String(value))) };
  return { ...common, raw: rawBytes(type, values.map(Number)) };
}

/** Little-endian on every machine; float values are rounded to the nearest float32. */
function rawBytes(type: OnnxType, values: readonly number[]): Uint8Array {
  const width = type === "float" ? 4 : 8;
  const view = new DataView(new ArrayBuffer(values.length * width));
  values.forEach((value, i) => {
    if (type === "float") view.setFloat32(i * width, value, true);
    else if (type === "double") view.setFloat64(i * width, value, true);
    else view.setBigInt64(i * width, BigInt(value), true);
  });
  return new Uint8Array(view.buffer);
}

function valueMessage({ name, type, width, description }: GraphValue): object {
  const dims = [{ parameter: "rows" }, ...(width === null ? [] : [{ value: width }])];
  return { name, description, type: { tensor: { elementType: dataTypes[type], shape: { dims } } } };
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
