/**
 * The messages of onnx.proto that our model files use: field numbers as in ONNX, field names our own.
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export const onnxMessages = `
  syntax = "proto3";
  message Model {
    int64 irVersion = 1;
    string producerName = 2;
    string producerVersion = 3;
    string description = 6;
    Graph graph = 7;
    repeated OperatorSet operators = 8;
    repeated Entry metadata = 14;
  }
  message OperatorSet { string domain = 1; int64 version = 2; }
  message Entry { string key = 1; string value = 2; }
  message Graph {
    repeated Node node = 1;
    string name = 2;
    repeated Tensor initializers = 5;
    repeated Value inputs = 11;
    repeated Value outputs = 12;
  }
  message Node {
    repeated string inputs = 1;
    repeated string outputs = 2;
    string name = 3;
    string operator = 4;
    repeated Attribute attributes = 5;
    string domain = 7;
  }
  message Attribute {
    string name = 1;
    float float = 2;
    int64 int = 3;
    bytes text = 4;
    repeated float floats = 7;
    repeated int64 ints = 8;
    repeated bytes texts = 9;
    int32 type = 20;
  }
  message Tensor {
    repeated int64 dims = 1;
    int32 dataType = 2;
    repeated bytes texts = 6;
    string name = 8;
    bytes raw = 9;
  }
  message Value { string name = 1; Type type = 2; string description = 3; }
  message Type { TensorType tensor = 1; }
  message TensorType { int32 elementType = 1; Shape shape = 2; }
  message Shape { repeated Dimension dims = 1; }
  message Dimension { int64 value = 1; string parameter = 2; }
`;
