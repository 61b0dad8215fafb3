package io.compressor.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * JSON Schema (2020-12) of {@code report.json}, made from the records so that it cannot lag behind
 * them, and a check of a document against it.
 */
public final class ReportSchema {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String DEFS = "#/$defs/";

  private final Map<String, ObjectNode> defs = new TreeMap<>();

  private ReportSchema() {}

  /** The schema as text, ended by a newline. */
  public static String text() {
    return ReportJson.print(generate());
  }

  static ObjectNode generate() {
    ReportSchema schema = new ReportSchema();
    schema.defs.put("number", schema.number());
    ObjectNode root = JSON.objectNode();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("title", "Report of a model compression run, schema " + Report.SCHEMA);
    root.setAll(schema.object(Report.class));
    ObjectNode defs = root.putObject("$defs");
    schema.defs.forEach(defs::set);
    return root;
  }

  private ObjectNode object(Class<?> record) {
    ObjectNode node = JSON.objectNode();
    node.put("type", "object");
    ObjectNode properties = node.putObject("properties");
    ArrayNode required = node.putArray("required");
    for (RecordComponent component : record.getRecordComponents()) {
      AnnotatedType type = component.getAnnotatedType();
      properties.set(component.getName(), of(type));
      if (!type.isAnnotationPresent(Nullable.class)) {
        required.add(component.getName());
      }
    }
    return node;
  }

  private ObjectNode of(AnnotatedType annotated) {
    Type type = annotated.getType();
    if (type instanceof ParameterizedType parameterized
        && annotated instanceof AnnotatedParameterizedType arguments) {
      AnnotatedType[] inner = arguments.getAnnotatedActualTypeArguments();
      ObjectNode node = JSON.objectNode();
      if (parameterized.getRawType() == List.class) {
        node.put("type", "array").set("items", of(inner[0]));
      } else {
        node.put("type", "object").set("additionalProperties", of(inner[1]));
      }
      return node;
    }
    return of((Class<?>) type);
  }

  private ObjectNode of(Class<?> type) {
    if (type.isRecord()) {
      String name = type.getSimpleName();
      if (!defs.containsKey(name)) {
        defs.put(name, JSON.objectNode()); // holds the place, should a record contain itself
        defs.put(name, object(type));
      }
      return JSON.objectNode().put("$ref", DEFS + name);
    }
    if (type.isEnum()) {
      ObjectNode node = JSON.objectNode();
      ArrayNode values = node.putArray("enum");
      for (Object constant : type.getEnumConstants()) {
        values.add(constant.toString());
      }
      return node;
    }
    if (type == double.class || type == Double.class) {
      return JSON.objectNode().put("$ref", DEFS + "number");
    }
    boolean whole =
        type == int.class || type == long.class || type == Integer.class || type == Long.class;
    String name = type == String.class ? "string" : whole ? "integer" : "boolean";
    return JSON.objectNode().put("type", name);
  }

  private ObjectNode number() {
    ObjectNode node = JSON.objectNode();
    ArrayNode any = node.putArray("anyOf");
    any.addObject().put("type", "number");
    any.addObject().putArray("enum").add("NaN").add("Infinity").add("-Infinity");
    return node;
  }

  /** First place where a document departs from the schema; empty when it fits. */
  static Optional<String> departure(JsonNode document) {
    ObjectNode root = generate();
    List<String> found = new ArrayList<>();
    check(document, root, root, "report", found);
    return found.stream().findFirst();
  }

  private static void check(
      JsonNode value, JsonNode schema, JsonNode root, String where, List<String> found) {
    if (schema.has("$ref")) {
      String name = schema.get("$ref").asText().substring(DEFS.length());
      check(value, root.get("$defs").get(name), root, where, found);
    } else if (schema.has("anyOf")) {
      boolean number = value.isNumber();
      if (!number && !contains(schema.get("anyOf").get(1).get("enum"), value)) {
        found.add(where + " is not a number");
      }
    } else if (schema.has("enum")) {
      if (!contains(schema.get("enum"), value)) {
        found.add(where + " is not one of " + schema.get("enum"));
      }
    } else {
      checkType(value, schema, root, where, found);
    }
  }

  private static void checkType(
      JsonNode value, JsonNode schema, JsonNode root, String where, List<String> found) {
    String type = schema.get("type").asText();
    boolean fits =
        switch (type) {
          case "object" -> value.isObject();
          case "array" -> value.isArray();
          case "string" -> value.isTextual();
          case "integer" -> value.isIntegralNumber() && value.canConvertToLong();
          default -> value.isBoolean();
        };
    if (!fits) {
      found.add(where + " is not of type " + type);
      return;
    }
    if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        check(value.get(i), schema.get("items"), root, where + "[" + i + "]", found);
      }
    }
    if (value.isObject()) {
      checkObject(value, schema, root, where, found);
    }
  }

  private static void checkObject(
      JsonNode value, JsonNode schema, JsonNode root, String where, List<String> found) {
    if (schema.has("required")) {
      for (JsonNode name : schema.get("required")) {
        if (!value.has(name.asText())) {
          found.add(where + " lacks '" + name.asText() + "'");
        }
      }
    }
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      JsonNode inner =
          schema.has("properties")
              ? schema.get("properties").get(field.getKey())
              : schema.get("additionalProperties");
      if (inner != null) { // keys of a later version are let through
        check(field.getValue(), inner, root, where + "." + field.getKey(), found);
      }
    }
  }

  private static boolean contains(JsonNode values, JsonNode value) {
    for (JsonNode v : values) {
      if (v.equals(value)) {
        return true;
      }
    }
    return false;
  }
}
