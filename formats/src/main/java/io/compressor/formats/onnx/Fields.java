package io.compressor.formats.onnx;

/** Field numbers of the ONNX messages that are understood rather than carried verbatim. */
final class Fields {
  static final class OfModel {
    static final int IR_VERSION = 1;
    static final int GRAPH = 7;
    static final int OPSET_IMPORT = 8;
    static final int METADATA = 14;
    static final int TRAINING_INFO = 20;
    static final int FUNCTIONS = 25;

    private OfModel() {}
  }

  static final class OfGraph {
    static final int NODE = 1;
    static final int NAME = 2;
    static final int INITIALIZER = 5;
    static final int INPUT = 11;
    static final int OUTPUT = 12;
    static final int VALUE_INFO = 13;
    static final int SPARSE_INITIALIZER = 15;

    private OfGraph() {}
  }

  static final class OfNode {
    static final int INPUT = 1;
    static final int OUTPUT = 2;
    static final int NAME = 3;
    static final int OP_TYPE = 4;
    static final int ATTRIBUTE = 5;
    static final int DOMAIN = 7;

    private OfNode() {}
  }

  static final class OfAttribute {
    static final int NAME = 1;
    static final int F = 2;
    static final int I = 3;
    static final int S = 4;
    static final int T = 5;
    static final int G = 6;
    static final int FLOATS = 7;
    static final int INTS = 8;
    static final int STRINGS = 9;
    static final int TENSORS = 10;
    static final int GRAPHS = 11;
    static final int TYPE = 20;
    static final int REF_ATTR_NAME = 21;
    static final int SPARSE_TENSOR = 22;
    static final int SPARSE_TENSORS = 23;

    private OfAttribute() {}
  }

  static final class OfTensor {
    static final int DIMS = 1;
    static final int DATA_TYPE = 2;
    static final int FLOAT_DATA = 4;
    static final int INT32_DATA = 5;
    static final int STRING_DATA = 6;
    static final int INT64_DATA = 7;
    static final int NAME = 8;
    static final int RAW_DATA = 9;
    static final int DOUBLE_DATA = 10;
    static final int UINT64_DATA = 11;
    static final int EXTERNAL_DATA = 13;
    static final int DATA_LOCATION = 14;

    /** DataLocation.EXTERNAL. */
    static final int EXTERNAL = 1;

    private OfTensor() {}
  }

  static final class OfSparse {
    static final int VALUES = 1;
    static final int INDICES = 2;
    static final int DIMS = 3;

    private OfSparse() {}
  }

  static final class OfFunction {
    static final int NAME = 1;
    static final int INPUT = 4;
    static final int OUTPUT = 5;
    static final int NODE = 7;
    static final int OPSET_IMPORT = 9;
    static final int DOMAIN = 10;
    static final int ATTRIBUTE_PROTO = 11;

    private OfFunction() {}
  }

  static final class OfValue {
    static final int NAME = 1;
    static final int TYPE = 2;
    static final int TYPE_TENSOR = 1;
    static final int TYPE_DENOTATION = 6;
    static final int TENSOR_ELEM_TYPE = 1;
    static final int TENSOR_SHAPE = 2;
    static final int SHAPE_DIM = 1;
    static final int DIM_VALUE = 1;
    static final int DIM_PARAM = 2;

    private OfValue() {}
  }

  /** OperatorSetIdProto and StringStringEntryProto. */
  static final class OfEntry {
    static final int KEY = 1;
    static final int VALUE = 2;

    private OfEntry() {}
  }

  static final class OfTraining {
    static final int INITIALIZATION = 1;
    static final int ALGORITHM = 2;

    private OfTraining() {}
  }

  private Fields() {}
}
