/** Builds an ONNX graph operator by operator. */
import type { GraphBuilder, OnnxAttributes, OnnxType } from "../../core/onnx.ts";

/** A constant. */
export interface OnnxTensor {
  readonly name: string;
  readonly type: OnnxType;
  readonly dims: readonly number[];
  readonly values: readonly (number | string)[];
}

export interface OnnxNode {
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
