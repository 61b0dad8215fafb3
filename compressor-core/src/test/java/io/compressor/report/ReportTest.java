package io.compressor.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ReportTest {
  private static final List<Report> ALL =
      List.of(
          SampleReports.passed(),
          SampleReports.failed(),
          SampleReports.undecided(),
          SampleReports.bare(),
          SampleReports.large(2000));

  @Test
  void jsonReadsBackToTheSameReport() {
    for (Report report : ALL) {
      assertEquals(report, ReportJson.parse(ReportJson.write(report), "test"));
    }
  }

  @Test
  void whatIsNotANumberSurvivesJson() {
    Report report = SampleReports.passed();
    String json = ReportJson.write(report);
    assertTrue(json.contains("\"compressed\" : \"NaN\""), json);
    assertEquals(report, ReportJson.parse(json, "test"));
  }

  @Test
  void keysFollowTheContract() throws Exception {
    List<String> keys = new java.util.ArrayList<>();
    new ObjectMapper()
        .readTree(ReportJson.write(SampleReports.passed()))
        .fieldNames()
        .forEachRemaining(keys::add);
    assertEquals(
        List.of(
            "schema",
            "tool",
            "recipe",
            "seed",
            "model",
            "output",
            "sites",
            "skipped",
            "search",
            "quality",
            "latency",
            "memory",
            "gate",
            "data",
            "warnings",
            "provenance",
            "timings"),
        keys);
  }

  @Test
  void aNewerSchemaIsRefusedAndAnUnknownKeyIsNot() {
    String json = ReportJson.write(SampleReports.passed());
    String newer = json.replace("\"schema\" : 1", "\"schema\" : 2");
    CompressorException e =
        assertThrows(CompressorException.class, () -> ReportJson.parse(newer, "r.json"));
    assertEquals(ErrorCode.DATA, e.code());
    assertTrue(e.getMessage().contains("schema 2"), e.getMessage());
    String extended = json.replaceFirst("\"seed\"", "\"novelty\" : { \"a\" : 1 },\n  \"seed\"");
    assertEquals(SampleReports.passed(), ReportJson.parse(extended, "r.json"));
  }

  @Test
  void whatIsNotAReportIsRefusedWithThePlace() {
    String json = ReportJson.write(SampleReports.passed());
    for (String text :
        List.of(
            "",
            "null",
            "[1]",
            "{",
            "{\"schema\":1}",
            "{\"schema\":\"1\"}",
            json.replaceFirst("\"bytes\" : 22900000,", ""),
            json.replaceFirst("\"seed\" : 17", "\"seed\" : null"),
            json.replaceFirst("\"PASSED\"", "\"SURE\""),
            json.substring(0, json.length() / 2))) {
      CompressorException e =
          assertThrows(CompressorException.class, () -> ReportJson.parse(text, "r.json"), text);
      assertEquals(ErrorCode.DATA, e.code());
      assertEquals("r.json", e.where());
    }
    CompressorException e =
        assertThrows(
            CompressorException.class,
            () -> ReportJson.parse(json.replaceFirst("\"bytes\" : 22900000,", ""), "r.json"));
    assertTrue(e.getMessage().contains("report.model lacks 'bytes'"), e.getMessage());
  }

  @Test
  void everyReportFitsTheSchema() throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    for (Report report : ALL) {
      assertEquals(
          java.util.Optional.empty(),
          ReportSchema.departure(mapper.readTree(ReportJson.write(report))));
    }
  }

  @Test
  void theShippedSchemaIsCurrent() throws Exception {
    try (InputStream shipped = Report.class.getResourceAsStream("report.schema.json")) {
      assertNotNull(shipped);
      assertEquals(
          ReportSchema.text(),
          new String(shipped.readAllBytes(), StandardCharsets.UTF_8),
          "write ReportSchema.text() to report.schema.json");
    }
  }

  @Test
  void theSameReportGivesTheSameBytes(@TempDir Path folder) throws Exception {
    ReportWriter.write(SampleReports.failed(), folder.resolve("a"));
    ReportWriter.write(SampleReports.failed(), folder.resolve("b"));
    for (String file : List.of("report.json", "report.html", "report.md", "junit.xml")) {
      assertEquals(
          -1, Files.mismatch(folder.resolve("a").resolve(file), folder.resolve("b").resolve(file)));
    }
  }

  @Test
  void measurementsAreAllThatDiffersBetweenRuns() {
    Report plain = SampleReports.passed().withoutMeasurements();
    assertFalse(ReportJson.write(plain).contains("statistics"));
    assertEquals(SampleReports.passed().sites(), plain.sites());
  }

  @Test
  void writingLeavesOnlyTheFourFilesAndReplacesOldOnes(@TempDir Path folder) throws Exception {
    ReportWriter.write(SampleReports.failed(), folder);
    ReportWriter.write(SampleReports.passed(), folder);
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(4, files.count());
    }
    assertEquals(SampleReports.passed(), ReportJson.read(folder.resolve("report.json")));
  }

  @Test
  void aFolderThatIsAFileIsRefused(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("taken"), "x");
    CompressorException e =
        assertThrows(
            CompressorException.class, () -> ReportWriter.write(SampleReports.bare(), file));
    assertEquals(ErrorCode.IO, e.code());
  }

  @Test
  void hostileNamesStayText() {
    String html = ReportHtml.render(SampleReports.hostile());
    assertFalse(html.contains("<script"), "a script tag came through");
    assertFalse(html.contains("<img"), "an image tag came through");
    assertFalse(html.contains("\u202E") || html.contains("\u0000"));
    assertTrue(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"));
    String markdown = ReportMarkdown.render(SampleReports.hostile());
    assertFalse(
        Pattern.compile("(?<!\\\\)<(?!/?details|/?summary)").matcher(outsideCode(markdown)).find(),
        markdown);
    assertFalse(Pattern.compile("@(?!\u2060)").matcher(outsideCode(markdown)).find(), markdown);
  }

  private static String outsideCode(String markdown) {
    return markdown.replaceAll("`[^`\n]*`", "");
  }

  @Test
  void htmlIsBalancedAndAsksTheNetworkForNothing() {
    for (Report report : ALL) {
      String html = ReportHtml.render(report);
      assertFalse(Pattern.compile(" (src|href)=|url\\(").matcher(html).find());
      assertFalse(html.contains("http://") || html.contains("https://"));
      assertFalse(html.contains("<script"));
      for (String tag :
          List.of(
              "section", "div", "ul", "ol", "li", "table", "tr", "td", "svg", "dl", "details", "p",
              "span")) {
        assertEquals(
            count(html, "<" + tag + "[ >]"), count(html, "</" + tag + ">"), "unbalanced " + tag);
      }
    }
  }

  private static long count(String text, String pattern) {
    return Pattern.compile(pattern).matcher(text).results().count();
  }

  @Test
  void theVerdictComesFirst() {
    assertTrue(ReportHtml.render(SampleReports.passed()).contains("<h1>PASSED</h1>"));
    assertTrue(ReportHtml.render(SampleReports.failed()).contains("<h1>FAILED</h1>"));
    assertTrue(ReportHtml.render(SampleReports.undecided()).contains("<h1>UNDECIDED</h1>"));
    assertTrue(ReportHtml.render(SampleReports.bare()).contains("<h1>NO GATE</h1>"));
    assertEquals(
        "22.9 MB → 13.1 MB (57.2% of the size), 2.4× faster, top1 0.8070 → 0.8055 (−0.15 points,"
            + " 95% interval −0.60 to +0.30, n = 1,000).",
        Headline.of(SampleReports.passed()).sentence());
  }

  @Test
  void randomDataIsAnAlarm() {
    assertTrue(ReportHtml.render(SampleReports.failed()).contains("Random data."));
    assertTrue(ReportMarkdown.render(SampleReports.failed()).contains("Random data:"));
    assertFalse(ReportHtml.render(SampleReports.passed()).contains("Random data."));
  }

  @Test
  void largeModelsAreCutWithANote() {
    String html = ReportHtml.render(SampleReports.large(2000));
    assertEquals(LayerSection.MOST_LAYERS, count(html, "<span class=\"name\">layer\\.\\d+</span>"));
    assertTrue(html.contains("1,750 more went from"), "no note");
    assertTrue(html.length() < 1_000_000, "page of " + html.length());
  }

  @Test
  void junitIsXmlWithACasePerRule() throws Exception {
    Document failed = xml(JUnitXml.render(SampleReports.failed()));
    assertEquals(2, failed.getElementsByTagName("testcase").getLength());
    assertEquals(1, failed.getElementsByTagName("failure").getLength());
    assertEquals("1", failed.getDocumentElement().getAttribute("failures"));
    Document undecided = xml(JUnitXml.render(SampleReports.undecided()));
    assertTrue(
        undecided.getElementsByTagName("failure").item(0).getTextContent().contains("1560 more"));
    Document hostile = xml(JUnitXml.render(SampleReports.hostile()));
    assertEquals(1, hostile.getElementsByTagName("testcase").getLength());
    assertEquals(
        0, xml(JUnitXml.render(SampleReports.bare())).getElementsByTagName("testcase").getLength());
  }

  private static Document xml(String text) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(text)));
  }

  @Test
  void numbersReadAsPeopleWriteThem() {
    assertEquals("999 B", Wording.bytes(999));
    assertEquals("1.00 kB", Wording.bytes(1000));
    assertEquals("1.00 MB", Wording.bytes(999_600));
    assertEquals("22.9 MB", Wording.bytes(22_900_000));
    assertEquals("652 MB", Wording.bytes(652_000_000));
    assertEquals("not a number", Wording.value(Double.NaN));
    assertEquals("−∞", Wording.value(Double.NEGATIVE_INFINITY));
    assertEquals("0.0000", Wording.value(0));
    assertEquals("1.2e−05", Wording.value(1.2e-5));
    assertEquals("29.754", Wording.value(29.754));
  }
}
