/** Encodes an ONNX graph as the bytes of a .onnx file. */
import protobuf from "protobufjs";
import type { OnnxAttribute, OnnxType, GraphBuilder, OnnxAttributes } from "../../core/onnx.ts";

/** Operator sets supported by ONNX Runtime 1.10 (2021) and newer. */
const OPERATORS = [
  { domain: "", version: 15 },
  { domain: "ai.onnx.ml", version: 2 },
];
const IR_VERSION = 8;

/** TensorProto.DataType. */
const dataTypes: Readonly<Record<OnnxType, number>> = { float: 1, int64: 7, string: 8, double: 11 };

/** The same graph gives the same bytes. */
export function encodeModel(
  file: OnnxGraph & Record<"name" | "description" | "producerVersion", string> & { metadata: Record<string, string> },
): Uint8Array {
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
  const own = { irVersion: IR_VERSION, producerName: "mlctl", producerVersion, description, operators: OPERATORS };
  const entries = Object.entries(metadata).map(([key, value]) => ({ key, value }));
  return Model.encode(Model.fromObject({ ...own, graph, metadata: entries })).finish();
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

/**
 * The messages of onnx.proto that our model files use: field numbers as in ONNX, field names our own.
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
const onnxMessages = `
  syntax = "proto3";
  message Model {
    int64 irVersion = 1; string producerName = 2; string producerVersion = 3; string description = 6; Graph graph = 7;
    repeated OperatorSet operators = 8; repeated Entry metadata = 14;
  }
  message OperatorSet { string domain = 1; int64 version = 2; }
  message Entry { string key = 1; string value = 2; }
  message Graph {
    repeated Node node = 1; string name = 2; repeated Tensor initializers = 5;
    repeated Value inputs = 11; repeated Value outputs = 12;
  }
  message Node {
    repeated string inputs = 1; repeated string outputs = 2; string name = 3; string operator = 4;
    repeated Attribute attributes = 5; string domain = 7;
  }
  message Attribute {
    string name = 1; float float = 2; int64 int = 3; bytes text = 4;
    repeated float floats = 7; repeated int64 ints = 8; repeated bytes texts = 9; int32 type = 20;
  }
  message Tensor { repeated int64 dims = 1; int32 dataType = 2; repeated bytes texts = 6; string name = 8; bytes raw = 9; }
  message Value { string name = 1; Type type = 2; string description = 3; }
  message Type { TensorType tensor = 1; }
  message TensorType { int32 elementType = 1; Shape shape = 2; }
  message Shape { repeated Dimension dims = 1; }
  message Dimension { int64 value = 1; string parameter = 2; }
`;

export interface OnnxTensor {
  readonly name: string;
  readonly type: OnnxType;
  readonly dims: readonly number[];
  readonly values: readonly (number | string)[];
}

interface OnnxNode {
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly [string];
  readonly attributes: OnnxAttributes;
}

/** An input or output: (rows × width), or (rows) if `width` is null. */
export interface GraphValue {
  readonly name: string;
  readonly type: OnnxType;
  readonly width: number | null;
  readonly description: string;
}

export interface OnnxGraph {
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
}

export interface Graph extends GraphBuilder {
  input(value: GraphValue): string;
  /** Removes all nodes that no output needs. @param alwaysKept an input to keep even if unused */
  finish(outputs: readonly (GraphValue & { readonly from: string })[], alwaysKept?: string): OnnxGraph;
}

export function newGraph(): Graph {
  const inputs: GraphValue[] = [];
  const nodes: OnnxNode[] = [];
  const constants = new Map<string, OnnxTensor>();
  const push = (operator: string, domain: string, from: readonly string[], attributes: OnnxAttributes): string => {
    const output = `mlctl:${nodes.length}`; // not a plausible column name
    nodes.push({ operator, domain, inputs: from, outputs: [output], attributes });
    return output;
  };
  return {
    input(value) {
      inputs.push(value);
      return value.name;
    },
    add: (operator, from, attributes = {}) => push(operator, "", from, attributes),
    addMl: (operator, from, attributes) => push(operator, "ai.onnx.ml", from, attributes),
    constant(type, values, dims = [values.length]) {
      // Strings distinguish −0 and NaN, which JSON does not.
      const key = `${type} ${dims.join("x")} ${JSON.stringify(values.map((value) => (Object.is(value, -0) ? "-0" : String(value))))}`;
      const known = constants.get(key);
      if (known !== undefined) return known.name;
      const name = `mlctl:c${constants.size}`;
      constants.set(key, { name, type, dims, values });
      return name;
    },
    finish(outputs, alwaysKept) {
      const renamed = [...nodes, ...outputs.map(({ name, from }) => identity(from, name))];
      const needed = reachable(renamed, outputs);
      return {
        inputs: inputs.filter(({ name }) => needed.has(name) || name === alwaysKept),
        outputs: outputs.map(({ from: _from, ...value }) => value),
        nodes: renamed.filter((node) => needed.has(node.outputs[0])),
        initializers: [...constants.values()].filter(({ name }) => needed.has(name)),
      };
    },
  };
}

function identity(from: string, to: string): OnnxNode {
  return { operator: "Identity", domain: "", inputs: [from], outputs: [to], attributes: {} };
}

/** Nodes are in order of computation, so one backward pass finds all that are used. */
function reachable(nodes: readonly OnnxNode[], outputs: readonly GraphValue[]): ReadonlySet<string> {
  const needed = new Set(outputs.map(({ name }) => name));
  for (const node of nodes.toReversed()) {
    if (needed.has(node.outputs[0])) for (const name of node.inputs) needed.add(name);
  }
  return needed;
}
