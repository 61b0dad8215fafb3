package io.compressor.graph.rewrite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.graph.Graphs;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.SiteKind;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowBandsTest {
  private static final int ROWS = 4000;

  @ParameterizedTest
  @CsvSource({"2,11", "3,11", "4,11", "3,17"})
  void everyRowIsFoundInItsBand(int bands, long opset) {
    Model before = table(opset);
    RewriteResult result = new RowBands(bands).apply(before);
    assertEquals(1, result.applied().size());
    List<Site> sites = SiteFinder.scan(result.model()).sites();
    assertEquals(bands, sites.stream().filter(s -> s.kind() == SiteKind.GATHER).count());
    assertEquals(ROWS, sites.stream().mapToInt(Site::out).sum());
    long[] ids = {0, 1, 124, 125, 126, 499, 500, 501, 1999, 2000, 2001, ROWS - 1, -1, -ROWS};
    assertArrayEquals(run(before, ids), run(result.model(), ids));
  }

  @Test
  void idsWithoutARowStayErrors() {
    Model banded = new RowBands(3).apply(table(17)).model();
    assertThrows(RuntimeException.class, () -> run(banded, ROWS));
  }

  @Test
  void theFirstRowsExpectMostLookUpsAndSharesAddUp() {
    double sum = 0;
    double before = 1;
    for (Site site : SiteFinder.scan(new RowBands(3).apply(table(17)).model()).sites()) {
      double share = RowBands.share(site.name());
      assertTrue(share < before, "share " + share);
      before = share;
      sum += share;
    }
    assertEquals(1, sum, 1e-9);
    assertEquals(1, RowBands.share("table"));
    for (String foreign : List.of("a/rows_b", "a/rows_x_y_z", "a/rows_0_0_0", "a/rows_5_9_7")) {
      assertEquals(1, RowBands.share(foreign));
    }
  }

  @Test
  void oneBandSmallTablesAndTablesThatAreMultipliedStay() {
    Model whole = table(17);
    assertSame(whole, new RowBands(1).apply(whole).model());
    Model tied =
        Graphs.graph()
            .input("ids", ElementType.INT64, 1, 5)
            .input("x", 5, 80)
            .weight("table", ROWS, 80)
            .node("Gather", "rows", List.of("table", "ids"))
            .node("Transpose", "turned", List.of("table"))
            .node("MatMul", "y", List.of("x", "turned"))
            .output("y", 5, ROWS)
            .output("rows", 1, 5, 80)
            .model(17);
    assertSame(tied, new RowBands(3).apply(tied).model());
  }

  private static Model table(long opset) {
    return Graphs.graph()
        .input("ids", ElementType.INT64, 1, -1)
        .weight("table", ROWS, 80)
        .node("Gather", "y", List.of("table", "ids"))
        .output("y", 1, -1, 80)
        .model(opset);
  }

  private static float[] run(Model model, long... ids) {
    Tensor input = Tensor.ofLongs("ids", new long[] {1, ids.length}, ids);
    try (RuntimeSession session = RuntimeSession.open(model, SessionSettings.withThreads(1))) {
      return session.run(Map.of("ids", input)).get("y").toFloats();
    }
  }
}
