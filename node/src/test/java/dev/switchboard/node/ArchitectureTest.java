package dev.switchboard.node;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Holds the arrows of docs/architecture.md. */
@AnalyzeClasses(packages = "dev.switchboard", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String NODE = "dev.switchboard.node.";

    /** The rooms and what each may import besides protocol and the libraries; {@code main} may import all. */
    private static final Map<String, List<String>> ROOMS = Map.ofEntries(
            Map.entry("settings", List.of()),
            Map.entry("chat", List.of()),
            Map.entry("relay", List.of("chat")),
            Map.entry("dialect", List.of("chat", "relay")),
            Map.entry("routing", List.of()),
            Map.entry("vault", List.of()),
            Map.entry("persistence", List.of("settings")),
            Map.entry("sharding", List.of("socket")),
            Map.entry("session", List.of("settings", "persistence", "sharding", "socket")),
            Map.entry("provider", List.of("settings", "persistence", "sharding", "socket")),
            Map.entry("quota", List.of("provider", "persistence", "socket")),
            Map.entry("cooldown", List.of("settings", "persistence")),
            Map.entry("directory", List.of("settings", "vault")),
            Map.entry("statistics", List.of("settings", "persistence", "socket")),
            Map.entry("socket", List.of()),
            Map.entry("upstream", List.of("settings", "chat", "relay", "socket")),
            Map.entry("health", List.of("directory", "upstream", "settings")),
            Map.entry("cluster", List.of("persistence", "settings")),
            Map.entry("backup", List.of()),
            Map.entry("telemetry", List.of()),
            Map.entry("migration", List.of()),
            Map.entry("memory", List.of()),
            Map.entry("simulator", List.of()),
            Map.entry("bench", List.of()),
            Map.entry("turn", List.of("settings", "chat", "routing", "relay", "upstream", "telemetry", "socket")),
            Map.entry(
                    "http",
                    List.of(
                            "settings",
                            "chat",
                            "dialect",
                            "relay",
                            "routing",
                            "turn",
                            "quota",
                            "directory",
                            "vault",
                            "memory",
                            "health",
                            "cluster",
                            "statistics",
                            "telemetry",
                            "upstream",
                            "socket")));

    /** Stages that Akka hands out run bare callbacks on a new thread each, on one or two cores (architecture.md). */
    private static final Set<String> BARE = Set.of(
            "thenApply",
            "thenAccept",
            "thenRun",
            "thenCompose",
            "thenCombine",
            "thenAcceptBoth",
            "runAfterBoth",
            "applyToEither",
            "acceptEither",
            "runAfterEither",
            "handle",
            "whenComplete",
            "exceptionally",
            "exceptionallyCompose");

    @ArchTest
    static void roomsImportOnlyWhatTheyMay(com.tngtech.archunit.core.domain.JavaClasses all) {
        ROOMS.forEach((room, allowed) -> {
            List<String> packages = new ArrayList<>(List.of(NODE + room + "..", "dev.switchboard.protocol.."));
            allowed.forEach(other -> packages.add(NODE + other + ".."));
            classes()
                    .that()
                    .resideInAPackage(NODE + room + "..")
                    .should()
                    .onlyDependOnClassesThat(DescribedPredicate.or(
                            JavaClass.Predicates.resideOutsideOfPackage("dev.switchboard.."),
                            JavaClass.Predicates.resideInAnyPackage(packages.toArray(String[]::new))))
                    .because("docs/architecture.md gives " + room + " only " + allowed)
                    .check(all);
        });
    }

    @ArchTest
    static void everyRoomIsKnown(com.tngtech.archunit.core.domain.JavaClasses all) {
        List<String> known = new ArrayList<>(List.of("dev.switchboard.protocol..", NODE + "main.."));
        ROOMS.keySet().forEach(room -> known.add(NODE + room + ".."));
        classes().should().resideInAnyPackage(known.toArray(String[]::new)).check(all);
    }

    @ArchTest
    static final ArchRule ROOMS_HAVE_NO_CYCLES =
            slices().matching("dev.switchboard.node.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule FOLDERS_HAVE_NO_CYCLES =
            slices().matching("dev.switchboard.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule PURE_ROOMS_KNOW_NO_AKKA = noClasses()
            .that()
            .resideInAnyPackage(NODE + "routing..", NODE + "vault..", NODE + "settings..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("akka..");

    @ArchTest
    static final ArchRule NETTY_IS_FOR_SOCKETS_ALONE = noClasses()
            .that()
            .resideOutsideOfPackages(NODE + "upstream..", NODE + "socket..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty..");

    @ArchTest
    static final ArchRule PROTOCOL_KNOWS_ONLY_REFERENCES = noClasses()
            .that()
            .resideInAPackage("dev.switchboard.protocol..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("akka.stream..", "akka.http..", "akka.cluster..", "akka.persistence..");

    @ArchTest
    static final ArchRule NO_BARE_CALLBACKS = noClasses()
            .should()
            .callMethodWhere(new DescribedPredicate<JavaCall<?>>("a CompletionStage callback without an executor") {
                @Override
                public boolean test(JavaCall<?> call) {
                    return call.getTargetOwner().isAssignableTo(CompletionStage.class)
                            && BARE.contains(call.getTarget().getName());
                }
            })
            .as("callbacks on stages name their executor");

    @ArchTest
    static final ArchRule NOTHING_BLOCKS = noClasses()
            .that()
            .resideOutsideOfPackages(NODE + "main..", NODE + "bench..")
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(java.util.concurrent.CompletableFuture.class, "join")
            .orShould()
            .callMethod(java.util.concurrent.CompletableFuture.class, "get");
}
