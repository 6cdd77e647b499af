package io.github.backprop4j.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** Holds the arrows of the room, as its package-info states them. */
class RoomTest {

    private static final String ROOT = "io.github.backprop4j";

    private static final JavaClasses PRODUCT = new ClassFileImporter().importPath("target/spark/classes");

    @Test
    void itUsesOnlyWhatItMay() {
        classes().that().resideInAPackage(ROOT + ".spark").should().onlyDependOnClassesThat().resideInAnyPackage(
                "", "java..", "scala..", "org.apache.spark..", "org.apache.hadoop..", "org.apache.commons.io..",
                "org.nd4j..", "org.bytedeco.javacpp..", ROOT + ".spark", ROOT + ".training", ROOT + ".inference",
                ROOT + ".network", ROOT + ".data", ROOT + ".parallel", ROOT + ".files").check(PRODUCT);
    }

    @Test
    void onlyTheCommandsUseIt() {
        noClasses().that().resideOutsideOfPackages(ROOT + ".spark", ROOT + ".cli")
                .should().dependOnClassesThat().resideInAnyPackage(ROOT + ".spark", "org.apache.spark..").check(PRODUCT);
    }
}
