package io.compressor.formats.data;

import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Folders of pictures, or of class folders of them. */
final class ImageFolder {
  private static final List<String> ENDINGS = List.of(".png", ".jpg", ".jpeg", ".bmp");

  private ImageFolder() {}

  static SampleSet read(DataSource source, List<Value> inputs) {
    Value input = MediaInput.of(source, inputs, "pictures", 3, 4);
    LabelledFiles listed = LabelledFiles.list(source, ENDINGS);
    List<String> notes = new ArrayList<>(listed.notes());
    ImagePlan plan = ImagePlan.of(source, input, notes);
    Column.Stacking stacking = Shapes.stacking(input, plan.dims(), source.origin());
    ImageColumn column = new ImageColumn(listed.files(), plan, stacking);
    return SampleSet.of(listed.files().size(), Map.of(input.name(), column), listed.files(), notes)
        .withLabels(listed.labels());
  }
}
