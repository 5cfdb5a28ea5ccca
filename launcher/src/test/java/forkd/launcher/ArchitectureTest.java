package forkd.launcher;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import forkd.posix.ProcessTitle;
import forkd.worker.WorkerMain;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may depend on whom. */
class ArchitectureTest {
    private static JavaClasses forkd;

    @BeforeAll
    static void read() {
        forkd = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("forkd");
    }

    @Test
    void nativeCodeIsCalledOnlyFromThePosixPackage() {
        noClasses()
                .that()
                .resideOutsideOfPackage("forkd.posix")
                .should()
                .dependOnClassesThat(resideInAnyPackage("jnr.ffi..", "jnr.posix..", "jnr.constants..", "com.kenai.."))
                .because("forkd.posix is the one door to the kernel")
                .check(forkd);
    }

    @Test
    void onlyTheControlSocketUsesJnrsSockets() {
        noClasses()
                .that()
                .resideOutsideOfPackage("forkd.launcher.control")
                .should()
                .dependOnClassesThat(resideInAnyPackage("jnr.unixsocket..", "jnr.enxio.."))
                .check(forkd);
    }

    @Test
    void thePosixPackageKnowsNothingOfForkd() {
        noClasses()
                .that()
                .resideInAPackage("forkd.posix")
                .should()
                .dependOnClassesThat(resideInAnyPackage("forkd.worker..", "forkd.zygote..", "forkd.launcher.."))
                .check(forkd);
    }

    @Test
    void theWorkersSideKnowsNothingOfTheLauncher() {
        noClasses()
                .that()
                .resideInAnyPackage("forkd.worker..", "forkd.zygote..", "forkd.posix..")
                .should()
                .dependOnClassesThat(resideInAPackage("forkd.launcher.."))
                .check(forkd);
    }

    @Test
    void theLaunchersDependenciesPointOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer("cli")
                .definedBy("forkd.launcher.cli..")
                .layer("control")
                .definedBy("forkd.launcher.control..")
                .layer("server")
                .definedBy("forkd.launcher.server..")
                .layer("process")
                .definedBy("forkd.launcher.process..")
                .layer("freeze")
                .definedBy("forkd.launcher.freeze..")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("control")
                .mayOnlyBeAccessedByLayers("cli", "server")
                .whereLayer("server")
                .mayOnlyBeAccessedByLayers("cli", "control")
                .whereLayer("process")
                .mayOnlyBeAccessedByLayers("cli", "control", "server")
                .whereLayer("freeze")
                .mayOnlyBeAccessedByLayers("cli", "control", "server", "process")
                .check(forkd);
    }

    @Test
    void theConfigFileIsReadInOneRoom() {
        noClasses()
                .that()
                .resideOutsideOfPackage("forkd.launcher.config")
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.tomlj.."))
                .check(forkd);
        noClasses()
                .that()
                .resideInAPackage("forkd.launcher.config")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "forkd.launcher.cli..",
                        "forkd.launcher.server..",
                        "forkd.launcher.process..",
                        "forkd.launcher.freeze.."))
                .check(forkd);
    }

    @Test
    void decisionsAboutAccessAreMadeWithoutTheRestOfTheLauncher() {
        noClasses()
                .that()
                .resideInAPackage("forkd.launcher.access..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "forkd.launcher.cli..",
                        "forkd.launcher.server..",
                        "forkd.launcher.process..",
                        "forkd.launcher.freeze.."))
                .check(forkd);
    }

    @Test
    void whatAProxyTellsIsReadWithoutTheRestOfTheLauncher() {
        noClasses()
                .that()
                .resideInAPackage("forkd.launcher.proxy..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "forkd.launcher.cli..",
                        "forkd.launcher.server..",
                        "forkd.launcher.process..",
                        "forkd.launcher.admission..",
                        "forkd.launcher.freeze.."))
                .check(forkd);
    }

    @Test
    void decisionsAboutAdmissionAreMadeWithoutSocketsAndWorkers() {
        noClasses()
                .that()
                .resideInAPackage("forkd.launcher.admission..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                                "forkd.launcher.cli..",
                                "forkd.launcher.server..",
                                "forkd.launcher.process..",
                                "forkd.launcher.freeze..")
                        .or(name("forkd.posix.Posix"))
                        .or(name("forkd.posix.Sockets"))
                        .or(name("forkd.posix.Fd")))
                .check(forkd);
    }

    @Test
    void theCommandLineParserIsUsedOnlyByTheCommands() {
        noClasses()
                .that()
                .resideOutsideOfPackage("forkd.launcher.cli")
                .should()
                .dependOnClassesThat(resideInAPackage("picocli.."))
                .check(forkd);
    }

    @Test
    void aFreshWorkerReachesNoClassThatLoadsANativeLibrary() {
        noClasses()
                .that(belongToAnyOf(WorkerMain.class, ProcessTitle.class))
                .should()
                .transitivelyDependOnClassesThat(
                        resideInAPackage("jnr..").or(nameMatching("forkd\\.posix\\.(Native|.*LibC)")))
                .because("loading JNR would double the start of a worker")
                .check(forkd);
    }

    @Test
    void whatAWorkerOfThePoolNeedsReachesNoJnr() {
        noClasses()
                .that()
                .haveNameMatching("forkd\\.posix\\.Plain.*")
                .or(name("forkd.zygote.CachedEnvironment"))
                .should()
                .transitivelyDependOnClassesThat(
                        resideInAPackage("jnr..").or(nameMatching("forkd\\.posix\\.(Native|.*LibC)")))
                .because("loading JNR takes several times what the start of a JVM does")
                .check(forkd);
    }
}
