package io.github.backprop4j;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the arrows between the rooms, as each room's package-info states them. */
class ArchitectureTest {

    private static final String ROOT = "io.github.backprop4j.";
    private static final String JDK = "java..";
    private static final String ND4J = "org.nd4j..";
    private static final String NATIVES = "org.bytedeco..";
    private static final String SLF4J = "org.slf4j..";
    private static final String COMMONS_IO = "org.apache.commons.io..";
    private static final String COMMONS_COMPRESS = "org.apache.commons.compress..";
    private static final String IMAGE_IO = "javax.imageio..";
    private static final String TWELVEMONKEYS = "com.twelvemonkeys.imageio..";
    private static final String TLS = "javax.net.ssl..";
    private static final String ONNX = "onnx..";
    private static final String XCHART = "org.knowm.xchart..";
    /** Classes for protocol buffers that ND4J has. */
    private static final String TENSORFLOW = "org.tensorflow..";

    /** Read once for all tests: JUnit makes an instance of this class for each of them. */
    private static final JavaClasses PRODUCT =
            new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages(ROOT.substring(0, ROOT.length() - 1));

    /** Room, libraries it may use beside the JDK, rooms it may use. */
    static Stream<Arguments> rooms() {
        return Stream.of(
                Arguments.of("layers", List.of(ND4J, NATIVES), List.of()),
                Arguments.of("onednn", List.of(ND4J, NATIVES), List.of("layers")),
                Arguments.of("parallel", List.of(ND4J, NATIVES, SLF4J), List.of()),
                Arguments.of("files", List.of(ND4J, NATIVES, COMMONS_IO, SLF4J), List.of()),
                Arguments.of("data", List.of(ND4J, COMMONS_IO, COMMONS_COMPRESS, SLF4J, IMAGE_IO, TWELVEMONKEYS), List.of("files")),
                Arguments.of("download", List.of(COMMONS_IO, COMMONS_COMPRESS, TLS), List.of("data", "files")),
                Arguments.of("notebook", List.of(ND4J), List.of("layers", "data", "parallel", "files")),
                Arguments.of("network", List.of(ND4J), List.of("layers", "onednn", "parallel", "files")),
                Arguments.of("inference", List.of(ND4J), List.of("network", "data", "parallel", "files")),
                Arguments.of("training", List.of(ND4J, SLF4J),
                        List.of("inference", "network", "data", "parallel", "files")),
                Arguments.of("report", List.of(IMAGE_IO, XCHART, ND4J, TENSORFLOW, SLF4J),
                        List.of("training", "inference", "network", "data", "files")),
                Arguments.of("onnx", List.of(ND4J, ONNX), List.of("network", "layers", "parallel", "files")),
                Arguments.of("cli", List.of("picocli..", "me.tongfei..", SLF4J, COMMONS_IO, ND4J),
                        List.of("layers", "data", "download", "parallel", "files", "notebook", "network", "inference",
                                "training", "report", "onnx")));
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void aRoomUsesOnlyWhatItMay(String room, List<String> libraries, List<String> rooms) {
        String[] allowed = Stream.of(Stream.of(JDK, ROOT + room), libraries.stream(), rooms.stream().map(ROOT::concat))
                .flatMap(packages -> packages).toArray(String[]::new);
        DescribedPredicate<JavaClass> primitive = JavaClass.Predicates.resideInAPackage("");
        ArchRuleDefinition.classes().that().resideInAPackage(ROOT + room)
                .should().onlyDependOnClassesThat(resideInAnyPackage(allowed).or(primitive))
                .check(PRODUCT);
    }

    @Test
    void everyClassIsInARoom() {
        String[] rooms = rooms().map(room -> ROOT + room.get()[0]).toArray(String[]::new);
        ArchRuleDefinition.classes().should().resideInAnyPackage(rooms).check(PRODUCT);
    }

    @Test
    void roomsHaveNoCycles() {
        slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(PRODUCT);
    }

    @Test
    void onlyParallelHasThreads() {
        noClasses().that().resideOutsideOfPackage(ROOT + "parallel")
                .should().dependOnClassesThat().haveNameMatching(
                        "java\\.lang\\.Thread|java\\.util\\.concurrent\\.(Executor.*|ForkJoin.*|CompletableFuture)")
                .check(PRODUCT);
    }

    @Test
    void onlyDownloadTalksToTheNetwork() {
        noClasses().that().resideOutsideOfPackage(ROOT + "download")
                .should().dependOnClassesThat().resideInAnyPackage("java.net..", TLS)
                .check(PRODUCT);
    }

    @Test
    void onlyTheCommandLinePrintsOrExits() {
        noClasses().that().resideOutsideOfPackage(ROOT + "cli")
                .should().accessField(System.class, "out")
                .orShould().accessField(System.class, "err")
                .orShould().callMethod(System.class, "exit", int.class)
                .check(PRODUCT);
    }
}
