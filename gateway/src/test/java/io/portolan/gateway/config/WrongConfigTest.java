package io.portolan.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said about each wrong input, to the letter: where, which key, what is wrong, what would be right. */
class WrongConfigTest {

    @TempDir
    Path dir;

    static Stream<Arguments> wrongFiles() {
        // spotless:off
        return Stream.of(
            // names
            wrong("publish: { quite: 5s }", "1: publish.quite: unknown key; did you mean publish.quiet?"),
            wrong("publish:\n  maxDelay: 60s", "2: publish.maxDelay: unknown key; did you mean publish.max-delay?"),
            wrong("http: { url: x }", "1: http.url: unknown key; did you mean ledger.url or fhir.url?"),
            wrong("storage: { compression: gzip }", "1: storage.compression: unknown key; storage has mode, dir, keep-for"),
            wrong("\ndcom: { port: 104 }", "2: dcom: unknown section; did you mean dicom?"),
            wrong("colour: red", "1: colour: unknown section; there are dicom, storage, forward, commitment, ledger, fhir, publish, sync, audit, http, log, mapping, sharing"),
            wrong("port: 104", "1: port: not a section; did you mean dicom.port or forward.port or http.port?"),
            wrong("dicom.port: 104", "1: dicom.port: a key stands below its section, as in dicom: { port: ... }"),
            wrong("log:\n  level: info\n  level: warn", "3: log.level: given twice; first on line 2"),
            wrong("log: { level: info }\nhttp: { port: 1 }\nlog: {}", "3: log: given twice; first on line 1"),
            wrong("log: { ~: info }", "1: log: a key must be a word, not empty"),
            wrong("? [a, b]\n: c", "1: a key must be a word, not a list"),
            // shape
            wrong("[a, b]", "1: must have keys below it, such as publish: { quiet: 5s }, not a list"),
            wrong("portolan", "1: must have keys below it, such as publish: { quiet: 5s }, not \"portolan\""),
            wrong("fhir: http://localhost/fhir", "1: fhir: must have keys below it, such as fhir: { url: http://localhost:8080/fhir }, not \"http://localhost/fhir\""),
            wrong("log: { level: [info] }", "1: log.level: must be error, warn, info, debug or trace, not a list"),
            wrong("log: { level: { a: b } }", "1: log.level: must be error, warn, info, debug or trace, not a mapping"),
            wrong("storage:\n  mode:", "2: storage.mode: has no value; must be keep, forward or discard"),
            wrong("storage: { dir: ~ }", "1: storage.dir: has no value; must be a path, absolute or from the working directory"),
            // bad YAML
            wrong("log: {\n  level: info\n", "3: is not valid YAML: expected ',' or '}', but got <stream end>"),
            wrong("log:\n\tlevel: info", "2: is not valid YAML: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)"),
            wrong("log: { level: info }\n---\nlog: { level: warn }", "2: is not valid YAML: but found another document"),
            wrong("log: *level", "1: is not valid YAML: found undefined alias level"),
            wrong("a: " + "[".repeat(40) + "]".repeat(40), "is not valid YAML: Nesting Depth exceeded max 16"),
            wrong("log:\n  level: in\u0007fo", "2: is not valid YAML: it has the control character U+0007"),
            wrong("mapping: { issuers: &all { A: *all } }", "1: mapping.issuers.A: must be an absolute URI, such as urn:oid:1.2.3 or https://hospital.example.org/ids, not a mapping"),
            wrong("mapping: { endpoints: { a: ~ } }", "1: mapping.endpoints.a: must have keys below it, such as { type: dicom-wado-rs, address: \"https://pacs.example.org/dicom-web\" }, not empty"),
            wrong("sync: { sources: { pacs: { type: dicomweb } } }", "1: sync.sources.pacs.type: dicomweb needs url: an http or https URL without query, such as http://pacs:8042/dicom-web"),
            wrong("sync: { sources: { pacs: { type: dimse, called-ae: PACS, host: pacs } } }", "1: sync.sources.pacs.type: dimse needs port: a whole number from 1 to 65535"),
            wrong("sync: { sources: { cd: { type: folder, path: /srv, port: 104 } } }", "1: sync.sources.cd.port: folder has no port"),
            wrong("sync: { sources: { cd: { type: folder, path: /srv, schedule: nightly } } }", "1: sync.sources.cd.schedule: must be a cron expression of five fields, such as \"0 2 * * *\", or an interval, such as 15m, or none, not \"nightly\""),
            wrong("sync: { sources: { cd: { type: folder, path: /srv, schedule: \"0 25 * * *\" } } }", "1: sync.sources.cd.schedule: must be a cron expression of five fields, such as \"0 2 * * *\", or an interval, such as 15m, or none, not \"0 25 * * *\""),
            wrong("sync: { sources: { cd: { type: folder, path: /srv, hours: 9-17 } } }", "1: sync.sources.cd.hours: must be hours of a day, such as 19:00-06:00, not \"9-17\""),
            wrong("sync: { sources: { cd: { type: folder, path: /srv, hours: \"09:00-17:00\" } } }", "1: sync.sources.cd.hours: goes with a schedule; must not be given without one"),
            wrong("sync: { sources: { p: { type: dicomweb, url: \"http://p/rs\", user: me } } }", "1: sync.sources.p.user: user and password-file go together"),
            wrong("sync: { sources: { p: { type: dicomweb, url: \"http://p/rs\", client-id: us, client-key-file: k } } }", "1: sync.sources.p.client-id: needs token-url: an http or https URL, such as https://login.example.org/oauth2/token, or none"),
            wrong("sync: { sources: { p: { type: dicomweb, url: \"http://p/rs\", tls-key-file: k } } }", "1: sync.sources.p.tls-key-file: tls-key-file goes with tls-certificate-file"),
            wrong("sync: { sources: { p: { type: folder, path: a, token-file: k } } }", "1: sync.sources.p.token-file: folder has no token-file"),
            wrong("fhir: { user: me }", "1: fhir.user: user and password-file go together"),
            wrong("fhir: { user: \"a:b\", password-file: f }", "1: fhir.user: must be a user name without colon, or none, not \"a:b\"", "1: fhir.password-file: user and password-file go together"),
            wrong("fhir: { token-file: f, client-id: us, client-key-file: k }", "1: fhir.token-file: must not be given with client-id"),
            wrong("fhir: { client-id: us }", "1: fhir.client-id: client-id goes with client-secret-file or client-key-file"),
            wrong("fhir: { client-id: us, client-secret-file: s }", "1: fhir.client-id: needs token-url: an http or https URL, such as https://login.example.org/oauth2/token, or none"),
            wrong("fhir: { client-id: us, client-secret-file: s, client-key-file: k, token-url: \"http://a/t\" }", "1: fhir.client-secret-file: must not be given with client-key-file"),
            wrong("fhir: { client-key-file: k }", "1: fhir.client-key-file: client-key-file goes with client-id"),
            wrong("fhir: { scope: system/*.cruds }", "1: fhir.scope: scope goes with client-id"),
            wrong("fhir: { client-id: us, client-key-file: k, token-url: \"http://me:pw@a/t\" }", "1: fhir.token-url: has a user or password in it, which logs and resources would show; must be an http or https URL, such as https://login.example.org/oauth2/token, or none"),
            wrong("fhir: { proxy-user: us, proxy-password-file: f }", "1: fhir.proxy-user: proxy-user goes with proxy"),
            wrong("fhir: { tls-password-file: f }", "1: fhir.tls-password-file: tls-password-file goes with tls-certificate-file"),
            wrong("sync: { sources: { p: { type: dicomweb, url: \"http://p/rs\", user: me, password-file: a, token-file: b } } }", "1: sync.sources.p.token-file: must not be given with user and password-file"),
            wrong("sync: { sources: { \"a b\": { type: folder, path: /srv } } }", "1: sync.sources.a b: its name must be 1 to 64 letters, digits, dots, dashes or underscores"),
            // values
            wrong("storage: { mode: send }", "1: storage.mode: must be keep, forward or discard, not \"send\""),
            wrong("storage: { mode: forward }", "1: storage.mode: forward needs a PACS to forward to; set forward.host and forward.called-ae"),
            wrong("forward: { host: pacs }", "1: forward.host: the PACS has an AE title; set forward.called-ae"),
            wrong("forward: { retry-delay-max: 1ms }", "1: forward.retry-delay-max: forward.retry-delay-max must not be shorter than forward.retry-delay-min"),
            wrong("commitment: { retry-delay-max: 1ms }", "1: commitment.retry-delay-max: commitment.retry-delay-max must not be shorter than commitment.retry-delay-min"),
            wrong("commitment: { timeout: 2m }", "1: commitment.timeout: must be a time from 1ms to 1m in ms, s, m or h, such as 5s, not \"2m\""),
            wrong("log: { level: INFO }", "1: log.level: must be error, warn, info, debug or trace, not \"INFO\""),
            wrong("fhir: { transaction: yes }", "1: fhir.transaction: must be auto, true or false, not \"yes\""),
            wrong("dicom: { accept-any-called-ae: on }", "1: dicom.accept-any-called-ae: must be true or false, not \"on\""),
            wrong("dicom: { port: 70000 }", "1: dicom.port: must be a whole number from 0 to 65535, or none, not \"70000\""),
            wrong("dicom: { port: 0x10 }", "1: dicom.port: must be a whole number from 0 to 65535, or none, not \"0x10\""),
            wrong("dicom: { port: -1 }", "1: dicom.port: must be a whole number from 0 to 65535, or none, not \"-1\""),
            wrong("dicom: { port: none }", "1: dicom.port: nobody could associate: dicom.port and dicom.tls-port are both none"),
            wrong("dicom: { tls-port: 2762, tls-client-certificates: none }", "1: dicom.tls-port: needs dicom.tls-certificate-file"),
            wrong("dicom: { tls-port: 2762, tls-certificate-file: us.pem }", "1: dicom.tls-port: certificates of peers need dicom.tls-ca-file; without one set dicom.tls-client-certificates to none, and any peer may associate"),
            wrong("dicom: { tls-port: 0, tls-certificate-file: us.pem, tls-client-certificates: optional }", "1: dicom.tls-client-certificates: certificates of peers need dicom.tls-ca-file; without one set dicom.tls-client-certificates to none, and any peer may associate"),
            wrong("dicom: { tls-key-file: us.key }", "1: dicom.tls-key-file: tls-key-file goes with tls-certificate-file"),
            wrong("dicom: { tls-password-file: password }", "1: dicom.tls-password-file: tls-password-file goes with tls-certificate-file"),
            wrong("dicom: { tls-profile: aes }", "1: dicom.tls-profile: must be bcp195-rfc9325, non-downgrading-bcp195, bcp195 or extended-bcp195, not \"aes\""),
            wrong("publish: { quiet: 5 }", "1: publish.quiet: must be a time from 0s to 24h in ms, s, m or h, such as 5s, not \"5\""),
            wrong("publish: { quiet: 5 s }", "1: publish.quiet: must be a time from 0s to 24h in ms, s, m or h, such as 5s, not \"5 s\""),
            wrong("publish: { lease: 25h }", "1: publish.lease: must be a time from 1ms to 24h in ms, s, m or h, such as 5s, not \"25h\""),
            wrong("fhir: { timeout: 0s }", "1: fhir.timeout: must be a time from 1ms to 1h in ms, s, m or h, such as 5s, not \"0s\""),
            wrong("publish: { lease: 999999999999999h }", "1: publish.lease: must be a time from 1ms to 24h in ms, s, m or h, such as 5s, not \"999999999999999h\""),
            wrong("dicom: { pdu-length: 128 }", "1: dicom.pdu-length: must be a size from 4KB to 16MB in B, KB, MB, GB or TB, such as 16MB, not \"128\""),
            wrong("dicom: { pdu-length: 17MB }", "1: dicom.pdu-length: must be a size from 4KB to 16MB in B, KB, MB, GB or TB, such as 16MB, not \"17MB\""),
            wrong("dicom: { ae-title: THIS_TITLE_IS_LONG }", "1: dicom.ae-title: must be 1 to 16 letters, digits or signs of ASCII without backslash, not \"THIS_TITLE_IS_LONG\""),
            wrong("dicom: { ae-title: 'A\\B' }", "1: dicom.ae-title: must be 1 to 16 letters, digits or signs of ASCII without backslash, not \"A\\B\""),
            wrong("dicom: { ae-title: '   ' }", "1: dicom.ae-title: must be 1 to 16 letters, digits or signs of ASCII without backslash, not \"   \""),
            wrong("dicom: { ae-title: RÖNTGEN }", "1: dicom.ae-title: must be 1 to 16 letters, digits or signs of ASCII without backslash, not \"RÖNTGEN\""),
            wrong("http: { bind: '127.0.0.1:8081' }", "1: http.bind: must be an address or host name without port, such as 127.0.0.1, 0.0.0.0 or ::, not \"127.0.0.1:8081\""),
            wrong("dicom: { bind: 999.1.1.1 }", "1: dicom.bind: must be an address or host name without port, such as 127.0.0.1, 0.0.0.0 or ::, not \"999.1.1.1\""),
            wrong("storage: { dir: ~/images }", "1: storage.dir: ~ is not expanded; must be a path, absolute or from the working directory"),
            wrong("fhir: { url: 'localhost:8080/fhir' }", "1: fhir.url: must be an http or https URL without query, such as http://localhost:8080/fhir, not \"localhost:8080/fhir\""),
            wrong("fhir: { url: 'ftp://fhir.example.org' }", "1: fhir.url: must be an http or https URL without query, such as http://localhost:8080/fhir, not \"ftp://fhir.example.org\""),
            wrong("fhir: { url: 'http://a/fhir?x=1' }", "1: fhir.url: has a query or fragment (? or #); must be an http or https URL without query, such as http://localhost:8080/fhir"),
            wrong("fhir: { url: 'http://me:secret@a/fhir' }", "1: fhir.url: has a user or password in it, which logs and resources would show; must be an http or https URL without query, such as http://localhost:8080/fhir"),
            wrong("fhir: { url: 'http://me:sec ret@a/fhir' }", "1: fhir.url: has a user or password in it, which logs and resources would show; must be an http or https URL without query, such as http://localhost:8080/fhir"),
            wrong("fhir: { url: 'http://hapi_fhir:8080/fhir' }", "1: fhir.url: its host is missing or has a character that no host name has, such as _; must be an http or https URL without query, such as http://localhost:8080/fhir"),
            wrong("fhir: { url: 'http://a:99999/fhir' }", "1: fhir.url: its port is not from 1 to 65535; must be an http or https URL without query, such as http://localhost:8080/fhir"),
            wrong("ledger: { url: 'jdbc:postgresql://me:secret@db/portolan' }", "1: ledger.url: it has no host, no database, or a user in it (see ledger.user); must be jdbc:sqlite: and a file, such as jdbc:sqlite:data/ledger.db, or jdbc:postgresql://HOST/DATABASE"),
            wrong("ledger: { url: 'jdbc:mysql://db/portolan' }", "1: ledger.url: only SQLite and PostgreSQL are supported; must be jdbc:sqlite: and a file, such as jdbc:sqlite:data/ledger.db, or jdbc:postgresql://HOST/DATABASE"),
            wrong("ledger: { url: 'jdbc:postgresql://db' }", "1: ledger.url: it has no host, no database, or a user in it (see ledger.user); must be jdbc:sqlite: and a file, such as jdbc:sqlite:data/ledger.db, or jdbc:postgresql://HOST/DATABASE"),
            wrong("ledger: { url: 'jdbc:postgresql://db/portolan?password=secret' }", "1: ledger.url: it has a parameter other than currentSchema, sslcert, sslkey, sslmode, sslrootcert, targetServerType; must be jdbc:sqlite: and a file, such as jdbc:sqlite:data/ledger.db, or jdbc:postgresql://HOST/DATABASE"),
            wrong("ledger: { url: 'jdbc:sqlite::memory:' }", "1: ledger.url: a ledger that is not in a file would forget what was acknowledged; must be jdbc:sqlite: and a file, such as jdbc:sqlite:data/ledger.db, or jdbc:postgresql://HOST/DATABASE"),
            wrong("ledger: { url: 'jdbc:sqlite:' }", "1: ledger.url: a ledger that is not in a file would forget what was acknowledged; must be jdbc:sqlite: and a file, such as jdbc:sqlite:data/ledger.db, or jdbc:postgresql://HOST/DATABASE"),
            wrong("ledger: { url: 'jdbc:sqlite:a.db?synchronous=OFF' }", "1: ledger.url: parameters are not supported; must be jdbc:sqlite: and a file, such as jdbc:sqlite:data/ledger.db, or jdbc:postgresql://HOST/DATABASE"),
            wrong("mapping: { time-zone: Europe/Viena }", "1: mapping.time-zone: no such zone: \"Europe/Viena\", did you mean Europe/Vienna?; must be a zone such as Europe/Vienna or an offset such as +01:00, or none"),
            wrong("mapping: { time-zone: 'here and there' }", "1: mapping.time-zone: must be a zone such as Europe/Vienna or an offset such as +01:00, or none, not \"here and there\""),
            wrong("mapping: { identifier-system: portolan }", "1: mapping.identifier-system: must be an absolute URI, such as urn:oid:1.2.3 or https://hospital.example.org/ids, not \"portolan\""),
            wrong("mapping: { patient-id-system: 1.2.40.0 }", "1: mapping.patient-id-system: an OID is written urn:oid:1.2.40.0; must be an absolute URI, such as urn:oid:1.2.3 or https://hospital.example.org/ids, or none"),
            wrong("mapping: { patient-id-system: 'urn:oid:1.02' }", "1: mapping.patient-id-system: must be an absolute URI, such as urn:oid:1.2.3 or https://hospital.example.org/ids, or none, not \"urn:oid:1.02\""),
            // tables
            wrong("mapping: { issuers: [a] }", "1: mapping.issuers: must have keys below it, such as { MAIN: \"urn:oid:1.2.3\" }, not a list"),
            wrong("mapping:\n  issuers:\n    MAIN: x y", "3: mapping.issuers.MAIN: must be an absolute URI, such as urn:oid:1.2.3 or https://hospital.example.org/ids, not \"x y\""),
            wrong("mapping:\n  endpoints:\n    a: {}", "3: mapping.endpoints.a: has no type; must be dicom-wado-rs, dicom-qido-rs, dicom-wado-uri or ihe-iid",
                  "3: mapping.endpoints.a: has no address; must be an http or https URL without query, such as https://pacs.example.org/dicom-web"),
            wrong("mapping:\n  endpoints:\n    a:\n      type: wado\n      address: http://b/c", "4: mapping.endpoints.a.type: must be dicom-wado-rs, dicom-qido-rs, dicom-wado-uri or ihe-iid, not \"wado\""),
            wrong("mapping:\n  endpoints:\n    a:\n      type: dicom-wado-rs\n      address: http://b/c/", "5: mapping.endpoints.a.address: has a slash at its end; must be an http or https URL without query, such as https://pacs.example.org/dicom-web"),
            wrong("mapping:\n  endpoints:\n    a:\n      type: dicom-wado-rs\n      address: http://b/c/studies", "5: mapping.endpoints.a.address: must be the base URL that stands before /studies"),
            wrong("mapping:\n  endpoints:\n    a: { type: ihe-iid, address: 'http://b', name: c }", "3: mapping.endpoints.a.name: unknown key; an endpoint has type, address, ae-titles"),
            wrong("mapping:\n  endpoints:\n    a b: { type: ihe-iid, address: 'http://b' }", "3: mapping.endpoints.a b: its name must be 1 to 64 letters, digits, dots or dashes"),
            wrong("mapping:\n  endpoints:\n    a: { type: ihe-iid, address: 'http://b', ae-titles: CT1 }", "3: mapping.endpoints.a.ae-titles: ihe-iid shows studies, not series; must not be given"),
            wrong("mapping:\n  endpoints:\n    a: { type: dicom-wado-rs, address: 'http://b', ae-titles: [CT1, ' '] }", "3: mapping.endpoints.a.ae-titles: must be 1 to 16 letters, digits or signs of ASCII without backslash, not \" \""),
            wrong("mapping: { time-zones: { CT1: Viena } }", "1: mapping.time-zones.CT1: must be a zone such as Europe/Vienna or an offset such as +01:00, not \"Viena\""),
            wrong("mapping: { time-zones: { A_TITLE_THAT_IS_LONG: +01:00 } }", "1: mapping.time-zones.A_TITLE_THAT_IS_LONG: its name must be an AE title: 1 to 16 letters, digits or signs of ASCII without backslash"),
            wrong("mapping: { accession-issuers: { MAIN: main } }", "1: mapping.accession-issuers.MAIN: must be an absolute URI, such as urn:oid:1.2.3 or https://hospital.example.org/ids, not \"main\""),
            wrong("mapping: { codes: { CT-THX: 'http://loinc.org|1' } }", "1: mapping.codes.CT-THX: its name must be a designator, | and a code; nothing before the | for a term of BodyPartExamined"),
            wrong("mapping: { codes: { '99X|A': 'LN|1' } }", "1: mapping.codes.99X|A: must be a system, a code and a display, such as http://loinc.org|24627-2|CT Chest, not \"LN|1\""),
            wrong("mapping: { codes: { '99X|A': 'http://loinc.org' } }", "1: mapping.codes.99X|A: must be a system, a code and a display, such as http://loinc.org|24627-2|CT Chest, not \"http://loinc.org\""),
            wrong("mapping: { note: StudyDescripton }", "1: mapping.note: unknown keyword \"StudyDescripton\", did you mean StudyDescription?; must be study-description, none, or attributes of study or patient, each a keyword that the mapping reads, or a tag of 8 hexadecimal digits, such as: StudyDescription 00104000"),
            wrong("mapping: { note: Modality }", "1: mapping.note: (0008,0060) is not kept at level STUDY; must be study-description, none, or attributes of study or patient, each a keyword that the mapping reads, or a tag of 8 hexadecimal digits, such as: StudyDescription 00104000"),
            wrong("mapping: { patient: make }", "1: mapping.patient: must be logical, create or resolve, not \"make\""),
            wrong("mapping: { encounter: create }", "1: mapping.encounter: must be logical or resolve, not \"create\""),
            wrong("mapping: { extensions: { strength: { attribute: '00180087', level: series, type: decimal } } }", "1: mapping.extensions.strength: its name must be an absolute URI"),
            wrong("mapping: { extensions: { 'urn:x': { attribute: '0018', level: series, type: number } } }", "1: mapping.extensions.urn:x.attribute: unknown keyword \"0018\"; must be a keyword that the mapping reads, or a tag of 8 hexadecimal digits", "1: mapping.extensions.urn:x.type: must be string, code, decimal, integer, date or coding, not \"number\""),
            wrong("mapping: { extensions: { 'urn:x': { attribute: StudyID, level: series, type: string } } }", "1: mapping.extensions.urn:x.attribute: (0020,0010) is not kept at level SERIES"),
            wrong("mapping: { extensions: { 'urn:x': { attribute: '7FE00010', level: instance, type: string } } }", "1: mapping.extensions.urn:x.attribute: (7FE0,0010) is no attribute of a header"),
            wrong("mapping: { extensions: { 'urn:x': { attribute: StudyID } } }", "1: mapping.extensions.urn:x: has no level; must be patient, study, series or instance", "1: mapping.extensions.urn:x: has no type; must be string, code, decimal, integer, date or coding"),
            wrong("mapping:\n  endpoints: { a: { type: ihe-iid, address: 'http://b' }, c: { type: ihe-iid, address: 'http://b' } }", "2: mapping.endpoints: two endpoints have the same type and address"),
            // DICOM peers
            wrong("dicom: { peers: { CT1: x } }", "1: dicom.peers.CT1: unknown key; a peer has ae-title, from, called-ae-titles, max-associations, host, port, tls", "1: dicom.peers: has no ae-title; must be 1 to 16 letters, digits or signs of ASCII without backslash"),
            wrong("dicom: { peers: CT1 }", "1: dicom.peers: must have keys below it, such as { ae-title: CT1, from: [10.1.0.0/16, ct1.hospital] }, not \"CT1\""),
            wrong("dicom:\n  peers:\n    - ae-title: CT1\n    - { ae-title: MR1, from: 10.1.0.1/16 }", "4: dicom.peers.from: \"10.1.0.1/16\" has bits behind its prefix; must be a host name, an address, or a network such as 10.1.0.0/16 or 2001:db8::/32"),
            wrong("dicom:\n  peers:\n    - ae-title: CT1\n      port: 104", "4: dicom.peers.port: host and port go together, and tls with both"),
            wrong("dicom:\n  peers:\n    - { ae-title: CT1, tls: true }", "3: dicom.peers.tls: host and port go together, and tls with both"),
            wrong("dicom:\n  peers:\n    - { ae-title: CT1, max-associations: 0 }", "3: dicom.peers.max-associations: must be a whole number from 1 to 10000, not \"0\""),
            wrong("dicom: { peers: [ { ae-title: CT1 }, { ae-title: 'CT1 ' } ] }", "1: dicom.peers: has the AE title CT1 twice"),
            wrong("dicom: { peers-only: true }", "1: dicom.peers-only: nobody could associate: dicom.peers has none"),
            wrong("dicom: { called-ae-titles: [A] }", "1: dicom.called-ae-titles: any AE title is accepted already; set dicom.accept-any-called-ae to false"),
            wrong("dicom: { hosts: [10.1.0.0/33] }", "1: dicom.hosts: \"10.1.0.0/33\" has a prefix that is longer than the address, or ends within ::ffff:0:0/96; must be a host name, an address, or a network such as 10.1.0.0/16 or 2001:db8::/32"),
            wrong("dicom: { hosts: [10.1.0] }", "1: dicom.hosts: \"10.1.0\" is no address; must be a host name, an address, or a network such as 10.1.0.0/16 or 2001:db8::/32"),
            wrong("dicom: { hosts: ['ct 1'] }", "1: dicom.hosts: \"ct 1\" is no host name; must be a host name, an address, or a network such as 10.1.0.0/16 or 2001:db8::/32"),
            // one against another
            wrong("publish: { quiet: 61s }", "1: publish.quiet: publish.max-delay must not be shorter than publish.quiet"),
            wrong("publish:\n  quiet: 3s\n  max-delay: 2s", "3: publish.max-delay: publish.max-delay must not be shorter than publish.quiet"),
            wrong("publish: { retry-delay-max: 10ms }", "1: publish.retry-delay-max: publish.retry-delay-max must not be shorter than publish.retry-delay-min"),
            wrong("fhir: { timeout: 3m }", "1: fhir.timeout: publish.lease must not be shorter than fhir.timeout"),
            // all at once
            wrong("dicom: { port: x }\nlog: { levle: info }\nnetwork: {}", "1: dicom.port: must be a whole number from 0 to 65535, or none, not \"x\"", "2: log.levle: unknown key; did you mean log.level?",
                  "3: network: unknown section; there are dicom, storage, forward, commitment, ledger, fhir, publish, sync, audit, http, log, mapping, sharing"));
        // spotless:on
    }

    private static Arguments wrong(String yaml, String... messages) {
        return arguments(yaml, List.of(messages));
    }

    @ParameterizedTest
    @MethodSource("wrongFiles")
    void saysWhereWhatIsWrongAndWhatWouldBeRight(String yaml, List<String> expected) throws Exception {
        Path file = Files.writeString(dir.resolve("portolan.yaml"), yaml);
        assertThat(problems(Optional.of(file), Map.of(), Map.of()))
                .map(problem -> problem.replace(file + ": ", "").replace(file + ":", ""))
                .containsExactlyElementsOf(expected);
    }

    static Stream<Arguments> wrongVariables() {
        // spotless:off
        return Stream.of(
            arguments("PORTOLAN_PUBLISH_QUITE", "5s", "environment: PORTOLAN_PUBLISH_QUITE: unknown variable; did you mean PORTOLAN_PUBLISH_QUIET?"),
            arguments("PORTOLAN_STORAGE", "keep", "environment: PORTOLAN_STORAGE: unknown variable; storage has PORTOLAN_STORAGE_MODE, PORTOLAN_STORAGE_DIR, PORTOLAN_STORAGE_KEEP_FOR"),
            arguments("PORTOLAN_LOG_LEVEL", "loud", "environment: PORTOLAN_LOG_LEVEL: must be error, warn, info, debug or trace, not \"loud\""),
            arguments("PORTOLAN_MAPPING_ISSUERS", "{ A: b }", "environment: PORTOLAN_MAPPING_ISSUERS.A: must be an absolute URI, such as urn:oid:1.2.3 or https://hospital.example.org/ids, not \"b\""),
            arguments("PORTOLAN_MAPPING_ISSUERS", "{ A: ", "environment: PORTOLAN_MAPPING_ISSUERS: is not valid YAML: expected the node content, but found '<stream end>'"));
        // spotless:on
    }

    @ParameterizedTest
    @MethodSource("wrongVariables")
    void saysWhichVariableIsWrong(String variable, String value, String expected) {
        assertThat(problems(Optional.empty(), Map.of(variable, value), Map.of()))
                .containsExactly(expected);
    }

    static Stream<Arguments> wrongOverrides() {
        // spotless:off
        return Stream.of(
            arguments("publish.quite", "5s", "--set: publish.quite: unknown key; did you mean publish.quiet?"),
            arguments("quiet", "5s", "--set: quiet: not a section; did you mean publish.quiet?"),
            arguments("log", "info", "--set: log: is a section; give one of its keys, such as log.level"),
            arguments("log.level", "", "--set: log.level: has no value; must be error, warn, info, debug or trace"),
            arguments("dicom.port", "a\nb", "--set: dicom.port: must be a whole number from 0 to 65535, or none, not \"a b\""),
            arguments("mapping.issuers.MAIN", "urn:x:y", "--set: mapping.issuers.MAIN: unknown key; mapping.issuers is given as a whole and must be identifier systems by issuer, such as { MAIN: \"urn:oid:1.2.3\" }"));
        // spotless:on
    }

    @ParameterizedTest
    @MethodSource("wrongOverrides")
    void saysWhichOverrideIsWrong(String key, String value, String expected) {
        assertThat(problems(Optional.empty(), Map.of(), Map.of(key, value))).containsExactly(expected);
    }

    @Test
    void reportsAWrongValueThatALaterSourceHides() throws Exception {
        Path file = Files.writeString(dir.resolve("portolan.yaml"), "log: { level: loud }");
        assertThat(problems(Optional.of(file), Map.of("PORTOLAN_LOG_LEVEL", "warn"), Map.of()))
                .hasSize(1);
    }

    @Test
    void reportsTheProblemsOfAllSourcesInTheirOrder() throws Exception {
        Path file = Files.writeString(dir.resolve("portolan.yaml"), "a: b\nc: d");
        assertThat(problems(
                        Optional.of(file),
                        Map.of("PORTOLAN_LOG_X", "1", "PORTOLAN_HTTP_X", "1"),
                        Map.of("log.level", "x")))
                .map(problem -> problem.substring(0, problem.lastIndexOf(": ")))
                .containsExactly(
                        file + ":1: a",
                        file + ":2: c",
                        "environment: PORTOLAN_HTTP_X",
                        "environment: PORTOLAN_LOG_X",
                        "--set: log.level");
    }

    @Test
    void saysThatTheFileIsMissing() {
        Path file = dir.resolve("missing.yaml");
        assertThat(problems(Optional.of(file), Map.of(), Map.of())).containsExactly(file + ": there is no such file");
    }

    @Test
    void saysThatTheFileIsADirectory() {
        assertThat(problems(Optional.of(dir), Map.of(), Map.of())).containsExactly(dir + ": is a directory");
    }

    @Test
    void saysThatTheFileIsNotUtf8() throws Exception {
        Path file = Files.write(dir.resolve("portolan.yaml"), "# Röntgen".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(problems(Optional.of(file), Map.of(), Map.of())).containsExactly(file + ": is not UTF-8 text");
    }

    @Test
    void refusesAnAuditLogThatIsAFolder() {
        Map<String, String> overrides = Map.of("audit.to", "log", "audit.log-file", dir.toString());
        assertThat(catchThrowableOfType(
                        ConfigException.class, () -> GatewayConfig.loadToStart(Optional.empty(), Map.of(), overrides)))
                .hasMessage("--set: audit.log-file: " + dir + " is a folder; the audit log is a file");
    }

    static Stream<Arguments> notStartable() {
        // spotless:off
        return Stream.of(
            arguments("dicom.engine", "dcm4che", "dcm4che is not in this build; see docs/decisions/0001-own-dicom-engine.md; must be portolan"),
            arguments("http.port", "11112", "dicom.port and http.port are both 11112 on the same address; one of them must be another"),
            arguments("dicom.port", "8081", "dicom.port and http.port are both 8081 on the same address; one of them must be another"),
            arguments("dicom.tls-certificate-file", "DIR/missing", "DIR/missing cannot be read: there is no such file or folder"),
            arguments("dicom.tls-certificate-file", "DIR/file", "DIR/file can be read neither as PEM nor as PKCS12; where it has a password, set tls-password-file"),
            arguments("dicom.tls-ca-file", "DIR/file", "DIR/file holds no certificate; it must be PEM: -----BEGIN CERTIFICATE-----"),
            arguments("storage.dir", "DIR/file", "DIR/file is a file; it must be a folder"),
            arguments("storage.dir", "DIR/file/a/b", "DIR/file is a file; it must be a folder"),
            arguments("ledger.url", "jdbc:sqlite:DIR/file/ledger.db", "DIR/file is a file; it must be a folder"),
            arguments("ledger.url", "jdbc:sqlite:DIR", "DIR is a folder; the ledger is a file"),
            arguments("fhir.token-file", "DIR/missing", "DIR/missing cannot be read: there is no such file or folder"),
            arguments("fhir.token-file", "DIR", "DIR is a folder; it must be a file that holds a bearer token"),
            arguments("fhir.token-file", "DIR/empty", "DIR/empty is empty; it must hold a bearer token"),
            arguments("fhir.token-file", "DIR/file", "DIR/file holds no bearer token: it must be one word of ASCII letters, digits and -._~+/="),
            arguments("ledger.password-file", "DIR/missing", "DIR/missing cannot be read: there is no such file or folder"),
            arguments("ledger.password-file", "DIR/file", "needs ledger.user"));
        // spotless:on
    }

    @ParameterizedTest
    @MethodSource("notStartable")
    void refusesWhatTheStartWouldRefuseForCertain(String key, String value, String expected) throws Exception {
        Files.writeString(dir.resolve("file"), "two words");
        Files.writeString(dir.resolve("empty"), " \n");
        Map<String, String> overrides = Map.of(key, value.replace("DIR", dir.toString()));
        ConfigException thrown = catchThrowableOfType(
                ConfigException.class, () -> GatewayConfig.loadToStart(Optional.empty(), Map.of(), overrides));
        assertThat(thrown).hasMessage("--set: " + key + ": " + expected.replace("DIR", dir.toString()));
        // a command that starts nothing does not mind
        GatewayConfig.load(Optional.empty(), Map.of(), overrides);
    }

    @Test
    void letsTwoAddressesHaveTheSamePort() throws Exception {
        Map<String, String> apart = Map.of("dicom.bind", "127.0.0.2", "dicom.port", "8081");
        assertThat(GatewayConfig.loadToStart(Optional.empty(), Map.of(), apart)
                        .http()
                        .port())
                .isEqualTo(8081);
        Map<String, String> anyPort = Map.of("dicom.port", "0", "http.port", "0");
        assertThat(GatewayConfig.loadToStart(Optional.empty(), Map.of(), anyPort)
                        .http()
                        .port())
                .isZero();
    }

    private static List<String> problems(
            Optional<Path> file, Map<String, String> environment, Map<String, String> overrides) {
        ConfigException thrown =
                catchThrowableOfType(ConfigException.class, () -> GatewayConfig.load(file, environment, overrides));
        assertThat(thrown).as("nothing was found wrong").isNotNull();
        List<String> problems =
                thrown.problems().stream().map(ConfigProblem::toString).toList();
        assertThat(thrown).hasMessage(String.join("\n", problems));
        return problems;
    }
}
