package io.logitstream;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.logitstream.operator.JobMetric;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;

/** The rules of the house that class files can show. There is no list of exceptions. */
class ArchitectureTest {

    /** Innermost first: each may see those before it. */
    private static final List<String> LAYERS =
            List.of(
                    "kernel",
                    "record",
                    "codec",
                    "config",
                    "operator",
                    "topology",
                    "connector",
                    "local",
                    "cli");

    /** Functions whose last bit the platform leaves open; StrictMath has the same ones. */
    private static final Set<String> LOOSE_FUNCTIONS =
            Set.of(
                    "exp", "expm1", "log", "log10", "log1p", "pow", "sin", "cos", "tan", "asin",
                    "acos", "atan", "atan2", "sinh", "cosh", "tanh", "cbrt", "hypot");

    private static final Set<String> REGISTRATIONS =
            Set.of("counter", "gauge", "histogram", "meter");

    private static final JavaClasses MAIN =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("io.logitstream");

    private static final JavaClasses TESTS =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.OnlyIncludeTests())
                    // What JMH generates is not ours.
                    .withImportOption(location -> !location.contains("/jmh_generated/"))
                    .importPackages("io.logitstream");

    private static String layer(String name) {
        return "io.logitstream." + name + "..";
    }

    private static String[] layers(List<String> names) {
        return names.stream().map(ArchitectureTest::layer).toArray(String[]::new);
    }

    @Test
    void importsPointInwards() {
        for (int i = 0; i < LAYERS.size() - 1; i++) {
            noClasses()
                    .that()
                    .resideInAPackage(layer(LAYERS.get(i)))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(layers(LAYERS.subList(i + 1, LAYERS.size())))
                    .allowEmptyShould(true)
                    .check(MAIN);
        }
    }

    @Test
    void everyClassBelongsToALayer() {
        classes().should().resideInAnyPackage(layers(LAYERS)).check(MAIN);
    }

    @Test
    void theKernelSeesNothingButTheJdk() {
        classes()
                .that()
                .resideInAPackage("io.logitstream.kernel..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "jdk.incubator.vector..",
                        "org.jspecify..",
                        "io.logitstream.kernel..")
                .check(MAIN);
    }

    @Test
    void onlyTheOuterLayersSeeKafka() {
        seenOnlyIn(
                List.of("connector", "local", "cli"),
                "org.apache.kafka..",
                "kafka..",
                "org.apache.flink.connector.kafka..");
    }

    @Test
    void theInnerLayersDoNotSeeFlink() {
        seenOnlyIn(
                List.of("operator", "topology", "connector", "local", "cli"), "org.apache.flink..");
    }

    @Test
    void onlyTheSimdKernelSeesTheVectorModule() {
        seenOnlyIn(List.of("kernel.simd"), "jdk.incubator.vector..");
    }

    @Test
    void metricsAreDeclared() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(JobMetric.class.getName())
                .should()
                .accessTargetWhere(
                        DescribedPredicate.describe(
                                "a metric that is not declared",
                                access ->
                                        access.getTargetOwner().isAssignableTo(MetricGroup.class)
                                                && REGISTRATIONS.contains(
                                                        access.getTarget().getName())))
                .check(MAIN);
    }

    private static void seenOnlyIn(List<String> layers, String... packages) {
        noClasses()
                .that(not(resideInAnyPackage(layers(layers))))
                .should()
                .dependOnClassesThat(resideInAnyPackage(packages))
                .check(MAIN);
    }

    @Test
    void transcendentalFunctionsAreThoseOfStrictMath() {
        noClasses()
                .should()
                .accessTargetWhere(
                        accessTo(
                                "a Math function whose last bit differs between machines",
                                Math.class.getName(),
                                LOOSE_FUNCTIONS))
                .check(MAIN);
    }

    @Test
    void namesSayARole() {
        for (JavaClasses some : List.of(MAIN, TESTS)) {
            noClasses()
                    .should()
                    .haveNameMatching(".*(Util|Helper|Manager|Impl|Data)s?(\\$.*)?")
                    .check(some);
        }
    }

    @Test
    void everyPackageIsNullMarked() {
        Set<String> unmarked =
                MAIN.stream()
                        .map(JavaClass::getPackage)
                        .filter(found -> !found.isAnnotatedWith(NullMarked.class))
                        .map(found -> found.getName())
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(unmarked).isEmpty();
    }

    @Test
    void classesWithTestsAreNamedSoThatTheBuildRunsThem() {
        Set<String> misnamed =
                TESTS.stream()
                        .filter(ArchitectureTest::hasTests)
                        .map(ArchitectureTest::outermost)
                        .map(JavaClass::getSimpleName)
                        .filter(name -> !name.endsWith("Test") && !name.endsWith("IT"))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(misnamed).isEmpty();
    }

    private static boolean hasTests(JavaClass type) {
        return type.getMethods().stream()
                .anyMatch(
                        method ->
                                method.isAnnotatedWith(Testable.class)
                                        || method.isMetaAnnotatedWith(Testable.class));
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
    }

    @Test
    void testsDoNotSleep() {
        noClasses()
                .should()
                .accessTargetWhere(accessTo("sleep", Thread.class.getName(), Set.of("sleep")))
                .orShould()
                .accessTargetWhere(accessTo("sleep", TimeUnit.class.getName(), Set.of("sleep")))
                .check(TESTS);
    }

    private static DescribedPredicate<JavaAccess<?>> accessTo(
            String description, String owner, Set<String> names) {
        return DescribedPredicate.describe(
                description,
                access ->
                        access.getTargetOwner().getName().equals(owner)
                                && names.contains(access.getTarget().getName()));
    }
}
