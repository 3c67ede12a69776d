package io.portolan.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The direction of dependencies, as docs/architecture.md says: cli to gateway to mapping to dicom. */
class ArchitectureTest {

    private static final JavaClasses PORTOLAN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.portolan");

    @Test
    void seesTheClassesOfAllFourModules() {
        assertThat(PORTOLAN.stream().map(JavaClass::getPackageName))
                .contains("io.portolan.dicom", "io.portolan.mapping", "io.portolan.gateway", "io.portolan.cli");
    }

    @Test
    void dicomStandsAlone() {
        classes()
                .that()
                .resideInAPackage("io.portolan.dicom..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.portolan.dicom..", "java..", "javax.net..", "jdk.net", "org.slf4j..", "org.jspecify..")
                .check(PORTOLAN);
    }

    @Test
    void dicomValuesKnowNeitherReadingNorNetwork() {
        noClasses()
                .that()
                .resideInAPackage("io.portolan.dicom")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.portolan.dicom.io..", "io.portolan.dicom.net..", "io.portolan.dicom.engine..")
                .check(PORTOLAN);
    }

    /** Receiving and mapping never load it: only Selection.ALL and the text form for people ask. */
    @Test
    void theDictionaryIsForShowingHeadersOnly() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("io.portolan.dicom.io.Selection")
                .and()
                .doNotHaveFullyQualifiedName("io.portolan.dicom.io.Dump")
                .and()
                .haveNameNotMatching("io\\.portolan\\.dicom\\.Dictionary(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("io.portolan.dicom.Dictionary")
                .check(PORTOLAN);
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.portolan.mapping..",
                        "io.portolan.gateway..",
                        "io.portolan.dicom.net..",
                        "io.portolan.dicom.engine..")
                .and()
                .resideOutsideOfPackage("io.portolan.gateway.convert..") // a DICOMDIR is read wholly
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("io.portolan.dicom.io.Dump")
                .orShould()
                .accessField("io.portolan.dicom.io.Selection", "ALL")
                .check(PORTOLAN);
    }

    @Test
    void mappingIsPure() {
        noClasses()
                .that()
                .resideInAPackage("io.portolan.mapping..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.portolan.gateway..",
                        "io.portolan.cli..",
                        "io.portolan.dicom.net..",
                        "io.portolan.dicom.engine..",
                        "java.nio.file..",
                        "java.net.http..",
                        "java.util.concurrent..",
                        "org.slf4j..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.time.Clock")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.Thread")
                .check(PORTOLAN);
    }

    @Test
    void receiveAndPublishMeetInTheLedgerOnly() {
        noClasses()
                .that()
                .resideInAPackage("io.portolan.gateway.receive..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.portolan.gateway.publish..", "java.net.http..")
                .check(PORTOLAN);
        noClasses()
                .that()
                .resideInAPackage("io.portolan.gateway.publish..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.portolan.gateway.receive..", "io.portolan.dicom.net..", "io.portolan.dicom.engine..")
                .check(PORTOLAN);
    }

    @Test
    void syncMeetsReceiveAndPublishInTheLedgerOnly() {
        noClasses()
                .that()
                .resideInAPackage("io.portolan.gateway.sync..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.portolan.gateway.receive..",
                        "io.portolan.gateway.publish..",
                        "io.portolan.gateway.http..",
                        "io.portolan.gateway.config..",
                        "io.portolan.dicom.net..")
                .check(PORTOLAN);
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.portolan.gateway.receive..",
                        "io.portolan.gateway.publish..",
                        "io.portolan.gateway.ledger..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.portolan.gateway.sync..")
                .check(PORTOLAN);
    }

    @Test
    void forwardRetentionAndCommitMeetTheOthersInTheLedgerOnly() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.portolan.gateway.forward..",
                        "io.portolan.gateway.retention..",
                        "io.portolan.gateway.commit..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.portolan.gateway.receive..",
                        "io.portolan.gateway.publish..",
                        "io.portolan.gateway.sync..",
                        "io.portolan.gateway.http..",
                        "io.portolan.gateway.config..",
                        "io.portolan.mapping..",
                        "io.portolan.dicom.net..",
                        "java.net..")
                .check(PORTOLAN);
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.portolan.gateway.receive..",
                        "io.portolan.gateway.publish..",
                        "io.portolan.gateway.sync..",
                        "io.portolan.gateway.http..",
                        "io.portolan.gateway.ledger..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.portolan.gateway.forward..",
                        "io.portolan.gateway.retention..",
                        "io.portolan.gateway.commit..")
                .check(PORTOLAN);
    }

    @Test
    void theLedgerKnowsNoNetwork() {
        noClasses()
                .that()
                .resideInAPackage("io.portolan.gateway.ledger..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.portolan.gateway.receive..",
                        "io.portolan.gateway.publish..",
                        "io.portolan.dicom.net..",
                        "java.net..",
                        "ca.uhn..",
                        "org.hl7..")
                .check(PORTOLAN);
    }

    /** It is done on machines that have neither. */
    @Test
    void conversionKnowsNeitherTheLedgerNorTheNetwork() {
        noClasses()
                .that()
                .resideInAPackage("io.portolan.gateway.convert..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.portolan.gateway.ledger..",
                        "io.portolan.gateway.publish..",
                        "io.portolan.gateway.receive..",
                        "io.portolan.gateway.sync..",
                        "io.portolan.gateway.http..",
                        "io.portolan.dicom.net..",
                        "io.portolan.dicom.engine..",
                        "java.net.http..")
                .check(PORTOLAN);
    }

    @Test
    void onlyTheCommandLineKnowsTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.portolan.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.portolan.cli..", "picocli..")
                .check(PORTOLAN);
    }

    @Test
    void nothingDependsOnTheSandbox() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.portolan.sandbox..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.portolan.sandbox..")
                .allowEmptyShould(true)
                .check(PORTOLAN);
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(PORTOLAN.stream().map(JavaClass::getPackage).distinct())
                .allSatisfy(p -> assertThat(p.isAnnotatedWith(NullMarked.class))
                        .as(p.getName())
                        .isTrue());
    }
}
