package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What scripts rely on: exit codes, and a word that helps. */
class HelpIT {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--help                                   | 0 | To see it work",
                "--version                                | 0 | portolan 0",
                "help serve                               | 0 | portolan serve -c portolan.yaml",
                "serve --help                             | 0 | portolan serve -c portolan.yaml",
                "send --help                              | 0 | Example:",
                "echo --help                              | 0 | Examples:",
                "sandbox --help                           | 0 | Example:",
                "demo --help                              | 0 | portolan demo --keep",
                "status --help                            | 0 | portolan status -c portolan.yaml",
                "parked --help                            | 0 | portolan parked -c portolan.yaml",
                "replay --help                            | 0 | portolan replay -c portolan.yaml --all",
                "replay --all                             | 2 | there is no ledger",
                "republish --help                         | 0 | portolan republish -c portolan.yaml --changed",
                "republish                                | 2 | required",
                "status                                   | 2 | there is no ledger",
                "sync --help                              | 0 | portolan sync -c portolan.yaml --list",
                "sync                                     | 2 | no archive is configured",
                "sync x --set sync.sources={\"a\":{\"type\":\"folder\",\"path\":\".\"}} | 2 | no archive is called x; there are a",
                "sync --since soon --set sync.sources={\"a\":{\"type\":\"folder\",\"path\":\".\"}} | 2 | --since must be a date",
                "sync --list --set sync.sources={\"a\":{\"type\":\"folder\",\"path\":\".\"}} | 0 | by hand only",
                "convert --help                           | 0 | portolan convert /media/cdrom --out fhir",
                "dump --help                              | 0 | portolan dump --full image.dcm",
                "mapping --help                           | 0 | portolan mapping --markdown",
                "mapping                                  | 0 | from StudyDescription (0008,1030)",
                "mapping --markdown                       | 0 | `ImagingStudy.description`",
                "mapping --json                           | 0 | \"element\" : \"ImagingStudy.description\"",
                "mapping --json --markdown                | 2 | mutually exclusive",
                "config --help                            | 0 | Examples:",
                "config check                             | 0 | The configuration is right.",
                "config check --set dicom.prot=3          | 2 | did you mean dicom.port",
                "serve --set dicom.port=seventy           | 2 | dicom.port",
                "serve -c no-such-file.yaml               | 2 | no-such-file.yaml",
                "config check --set dicom.tls-port=2762   | 2 | needs dicom.tls-certificate-file",
                "echo --tls-any-host A@127.0.0.1:1        | 2 | options of TLS go with --tls",
                "echo --tls --tls-key k.pem A@127.0.0.1:1 | 2 | go with --tls-certificate",
                "echo --tls --tls-ca no.pem A@127.0.0.1:1 | 2 | no.pem cannot be read",
                "echo --tls --tls-profile aes A@b:1       | 2 | is not bcp195-rfc9325",
                "send --tls-ca no.pem A@127.0.0.1:1 .     | 2 | options of TLS go with --tls",
                "echo nonsense                            | 2 | AE@HOST:PORT",
                "echo PORTOLAN@127.0.0.1:1                | 1 | refused",
                "send PORTOLAN@127.0.0.1:1 no-such-file   | 2 | no such file or folder: no-such-file",
                "dump no-such-file                        | 1 | no such file",
                "dump .                                   | 1 | a folder; dump takes files",
                "echo --calling THIS_TITLE_IS_TOO_LONG A@b:1 | 2 | is no AE title",
                "echo ThisTitleIsTooLong@b:1              | 2 | AE@HOST:PORT",
                "echo PORTOLAN@no-such-host.invalid:104   | 1 | there is no host no-such-host.invalid",
                "send PORTOLAN@127.0.0.1:1 .              | 2 | there is no DICOM file in .",
                "config init a/b/c.yaml                   | 2 | cannot be written: there is no such file or folder",
                "config check --set dicom.engine=dcm4che  | 2 | is not in this build",
                "serve --set fhir.token-file=nowhere      | 2 | nowhere cannot be read: there is no such file",
                "jwks --help                              | 0 | portolan jwks -c portolan.yaml next-key.pem",
                "jwks                                     | 2 | no key is configured",
                "jwks nowhere.pem                         | 1 | nowhere.pem cannot be read: there is no such file",
                "convert . --out x --report y/z.json      | 2 | there is no folder",
                "config check --help                      | 0 | Example:",
                "generate-completion --help               | 0 | bash",
                "sen                                      | 2 | Did you mean: portolan send",
            })
    void everyCommandAnswersWithItsExitCodeAndAWordThatHelps(String arguments, int code, String word) throws Exception {
        ChildProcess portolan =
                Programs.portolan(directory, List.of(), arguments.strip().split(" +"));
        assertThat(portolan.awaitEnd(Duration.ofSeconds(60))).isEqualTo(code);
        assertThat(String.join("\n", portolan.lines())).contains(word).doesNotContain("\tat ");
    }
}
