package io.compressor;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The borders of the design, as rules. Minimum class counts keep them from passing on nothing. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(
              place -> !place.contains("test-classes") && !place.contains("-tests.jar"))
          .importPackages("io.compressor");

  /** At least this many classes, so that a broken import or a moved package is noticed. */
  private static final Map<String, Integer> FLOOR =
      Map.of("ir", 20, "formats", 40, "graph", 40, "runtime", 8, "solver", 8, "recipe", 8);

  @Test
  void thereIsSomethingToCheck() {
    FLOOR.forEach(
        (name, floor) -> {
          long found =
              CLASSES.stream()
                  .filter(c -> (c.getPackageName() + ".").startsWith("io.compressor." + name + "."))
                  .count();
          assertTrue(found >= floor, name + " has " + found + " classes, expected " + floor);
        });
  }

  @Test
  void onlyRuntimeSeesOnnxRuntime() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("io.compressor.runtime..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.onnxruntime..")
            .because("natives have one home"));
  }

  @Test
  void solverKnowsNumbersOnly() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.compressor.solver..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "io.compressor.ir..",
                "io.compressor.graph..",
                "io.compressor.runtime..",
                "io.compressor.formats..",
                "io.compressor.pass..")
            .because("a kernel sees arrays and specs, never a node"));
  }

  @Test
  void theModelKnowsNothingAboveIt() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.compressor.ir..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.compressor.formats..", "io.compressor.graph.."));
  }

  @Test
  void passesDoNotDependOnEachOther() {
    check(
        slices()
            .matching("io.compressor.pass.(*)..")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(
                resideInAPackage("io.compressor.pass.."),
                resideInAPackage("io.compressor.pass.weights.."))
            .allowEmptyShould(true));
  }

  @Test
  void whatPassesShareKnowsNoPass() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.compressor.pass.weights..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.compressor.pass.quantize..", "io.compressor.pass.rsq.."));
  }

  @Test
  void packagesHaveNoCycles() {
    check(slices().matching("io.compressor.(*)..").should().beFreeOfCycles());
    check(slices().matching("io.compressor.graph.(*)..").should().beFreeOfCycles());
  }

  @Test
  void librariesDoNotPrint() {
    check(GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS);
  }

  @Test
  void randomnessIsSeeded() {
    check(noClasses().should().dependOnClassesThat().areAssignableTo(Random.class));
    check(noClasses().should().callMethod(Math.class, "random"));
  }

  @Test
  void onlyStopwatchesReadTheClock() {
    check(noClasses().should().callMethod(System.class, "currentTimeMillis"));
    check(noClasses().should().callMethod(Instant.class, "now"));
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("io.compressor.runtime..", "io.compressor.pipeline..")
            .should()
            .callMethod(System.class, "nanoTime")
            .because("results must not depend on time"));
  }

  @Test
  void nobodyThrowsABareRuntimeException() {
    DescribedPredicate<JavaCall<?>> bare =
        target(owner(type(RuntimeException.class)))
            .and(target(name(JavaConstructor.CONSTRUCTOR_NAME)));
    check(
        noClasses()
            .that()
            .doNotHaveSimpleName("CompressorException")
            .should()
            .callCodeUnitWhere(bare));
    ArchRule everywhere = noClasses().should().callCodeUnitWhere(bare);
    assertThrows(AssertionError.class, () -> check(everywhere), "our own super call must be seen");
  }

  @Test
  void everyPackageIsNullMarked() {
    List<String> open =
        CLASSES.stream()
            .map(JavaClass::getPackage)
            .distinct()
            .filter(p -> !p.isAnnotatedWith(NullMarked.class))
            .map(JavaPackage::getName)
            .sorted()
            .collect(Collectors.toList());
    assertEquals(List.of(), open);
  }

  private static void check(ArchRule rule) {
    rule.check(CLASSES);
  }
}
