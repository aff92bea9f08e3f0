/** The messages of onnx.proto that our model files use: field numbers as in ONNX, field names our own. */

interface Field {
  readonly id: number;
  readonly type: string;
  readonly rule?: "repeated";
}

const one = (id: number, type: string): Field => ({ id, type });
const many = (id: number, type: string): Field => ({ id, type, rule: "repeated" });

/** @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
export const onnxMessages = {
  nested: {
    Model: {
      fields: {
        irVersion: one(1, "int64"),
        producerName: one(2, "string"),
        producerVersion: one(3, "string"),
        description: one(6, "string"),
        graph: one(7, "Graph"),
        operators: many(8, "OperatorSet"),
        metadata: many(14, "Entry"),
      },
    },
    OperatorSet: { fields: { domain: one(1, "string"), version: one(2, "int64") } },
    Entry: { fields: { key: one(1, "string"), value: one(2, "string") } },
    Graph: {
      fields: {
        node: many(1, "Node"),
        name: one(2, "string"),
        initializers: many(5, "Tensor"),
        inputs: many(11, "Value"),
        outputs: many(12, "Value"),
      },
    },
    Node: {
      fields: {
        inputs: many(1, "string"),
        outputs: many(2, "string"),
        name: one(3, "string"),
        operator: one(4, "string"),
        attributes: many(5, "Attribute"),
        domain: one(7, "string"),
      },
    },
    Attribute: {
      fields: {
        name: one(1, "string"),
        float: one(2, "float"),
        int: one(3, "int64"),
        text: one(4, "bytes"),
        floats: many(7, "float"),
        ints: many(8, "int64"),
        texts: many(9, "bytes"),
        type: one(20, "int32"),
      },
    },
    Tensor: {
      fields: {
        dims: many(1, "int64"),
        dataType: one(2, "int32"),
        texts: many(6, "bytes"),
        name: one(8, "string"),
        raw: one(9, "bytes"),
      },
    },
    Value: { fields: { name: one(1, "string"), type: one(2, "Type"), description: one(3, "string") } },
    Type: { fields: { tensor: one(1, "TensorType") } },
    TensorType: { fields: { elementType: one(1, "int32"), shape: one(2, "Shape") } },
    Shape: { fields: { dims: many(1, "Dimension") } },
    Dimension: { fields: { value: one(1, "int64"), parameter: one(2, "string") } },
  },
};
