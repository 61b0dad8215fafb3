package io.compressor.formats.onnx;

import io.compressor.formats.onnx.Fields.OfModel;
import io.compressor.formats.onnx.Fields.OfTraining;
import io.compressor.ir.Bytes;
import io.compressor.ir.Function;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a ModelProto. */
final class ModelReader {
  static final Spelling<Long> OPSETS = Spelling.ofOpsets(OfModel.OPSET_IMPORT);
  static final Spelling<String> METADATA = Spelling.ofTexts(OfModel.METADATA);

  private final ReadScope scope;
  private final Place place;
  private final List<Function> functions = new ArrayList<>(0);
  private final Spelling<Long>.Collector opsets = OPSETS.collector();
  private final Spelling<String>.Collector metadata = METADATA.collector();
  private final Extras extras = new Extras();
  private long irVersion;
  private Optional<Graph> graph = Optional.empty();

  private ModelReader(ReadScope scope) {
    this.scope = scope;
    this.place = scope.place();
  }

  static Model read(Bytes message, ReadScope scope) {
    ModelReader reader = new ModelReader(scope);
    WireReader in = new WireReader(message, scope.place());
    while (in.next()) {
      reader.field(in);
    }
    return reader.model();
  }

  private void field(WireReader in) {
    switch (in.number()) {
      case OfModel.IR_VERSION -> irVersion = in.varint();
      case OfModel.OPSET_IMPORT -> opsets.add(in, place);
      case OfModel.METADATA -> metadata.add(in, place);
      case OfModel.GRAPH -> {
        if (graph.isPresent()) {
          throw place.broken("the model has two graphs, expected one");
        }
        graph = Optional.of(GraphReader.read(in.payload(), scope));
      }
      case OfModel.FUNCTIONS -> {
        place.enter("function", functions.size());
        functions.add(FunctionReader.read(in.payload(), scope));
        place.leave();
      }
      case OfModel.TRAINING_INFO -> {
        place.enter("training_info", 0);
        trainingInfo(in.payload());
        place.leave();
        extras.add(in.field());
      }
      default -> extras.add(in.field());
    }
  }

  /** Training graphs are carried verbatim: read them for their faults only. */
  private void trainingInfo(Bytes message) {
    ReadScope inline =
        new ReadScope(
            place,
            ExternalFiles.none(
                "training_info is carried verbatim", "store the training graphs' tensors inline"));
    WireReader in = new WireReader(message, place);
    while (in.next()) {
      if (in.number() == OfTraining.INITIALIZATION || in.number() == OfTraining.ALGORITHM) {
        GraphReader.read(in.payload(), inline);
      }
    }
  }

  private Model model() {
    Graph found =
        graph.orElseThrow(
            () ->
                place.fault(
                    "not an ONNX model: it has no graph",
                    "give a file that an ONNX exporter wrote"));
    if (irVersion < 1) {
      throw place.fault(
          "not an ONNX model: ir_version is " + irVersion + ", expected 1 or more",
          "give a file that an ONNX exporter wrote");
    }
    return new Model(
        irVersion, opsets.into(extras), found, functions, metadata.into(extras), extras.build());
  }
}
