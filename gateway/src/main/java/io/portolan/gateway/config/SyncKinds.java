package io.portolan.gateway.config;

import com.cronutils.model.Cron;
import io.portolan.gateway.config.Kind.Member;
import io.portolan.gateway.config.Kind.Members;
import io.portolan.gateway.config.SyncSource.Connection;
import io.portolan.gateway.config.SyncSource.DicomWeb;
import io.portolan.gateway.config.SyncSource.Dimse;
import io.portolan.gateway.config.SyncSource.Folder;
import io.portolan.gateway.sync.DimseOptions.Retrieve;
import io.portolan.gateway.sync.Timing;
import io.portolan.gateway.sync.Timing.Hours;
import java.net.URI;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The kinds of value of the section {@code sync}. */
final class SyncKinds {

    private enum Type {
        DICOMWEB,
        DIMSE,
        FOLDER
    }

    /** A cron expression or an interval. */
    private record Schedule(@Nullable Cron cron, @Nullable Duration every) {}

    // spotless:off
    private static final Member<Type>     TYPE          = member("type", Kinds.choice(Type.values()), true);
    private static final Member<URI>      URL           = member("url", Addresses.baseUrl("http://pacs:8042/dicom-web"), false);
    private static final Member<Boolean>  RETRIEVE_URLS = member("retrieve-urls", Kinds.flag(), false);
    private static final Member<String>   CALLED_AE     = member("called-ae", Kinds.aeTitle(), false);
    private static final Member<String>   HOST          = member("host", Addresses.bind(), false);
    private static final Member<Integer>  PORT          = member("port", Kinds.whole(1, 65_535), false);
    private static final Member<Boolean>  TLS           = member("tls", Kinds.flag(), false);
    private static final Member<Retrieve> RETRIEVE      = member("retrieve", Kinds.choice(Retrieve.values()), false);
    private static final Member<Path>     PATH          = member("path", Kinds.path(), false);
    private static final Member<Optional<Schedule>> SCHEDULE = member("schedule", schedule().orNone(), false);
    private static final Member<ZoneId>   ZONE          = member("zone", Kinds.zone(), false);
    private static final Member<Hours>    HOURS         = member("hours", hours(), false);
    private static final Member<Duration> JITTER        = member("jitter", Kinds.duration("0s", "24h"), false);
    private static final Member<String>   AE_TITLE      = member("ae-title", Kinds.aeTitle(), false);
    private static final Member<Duration> RECENT        = member("recent", Kinds.duration("0s", "87600h"), false);
    private static final Member<Boolean>  LAST_UPDATED  = member("last-updated", Kinds.flag(), false);
    private static final Member<Duration> COMPARE_ALL   = member("compare-all", Kinds.duration("0s", "8760h"), false);
    private static final Member<Integer>  ANSWER_MAX    = member("answer-max", Kinds.whole(1, 100_000), false);
    private static final Member<Integer>  SERVER_MAX    = member("server-max", Kinds.whole(0, 1_000_000), false);
    private static final Member<Integer>  PARALLEL      = member("parallel", Kinds.whole(1, 64), false);
    private static final Member<Integer>  PER_SECOND    = member("requests-per-second", Kinds.whole(0, 10_000), false);
    private static final Member<Integer>  REMOVAL_MAX   = member("removal-max-percent", Kinds.whole(0, 100), false);
    private static final Member<Duration> TIMEOUT       = member("timeout", Kinds.duration("1ms", "1h"), false);

    private static final List<Member<?>> MEMBERS = withAccess(List.of(
            TYPE, URL, RETRIEVE_URLS, CALLED_AE, HOST, PORT, TLS, RETRIEVE, PATH, SCHEDULE, ZONE, HOURS,
            JITTER, AE_TITLE, RECENT, LAST_UPDATED, COMPARE_ALL, ANSWER_MAX, SERVER_MAX, PARALLEL, PER_SECOND, REMOVAL_MAX, TIMEOUT));
    // spotless:on

    /** Which members are of one type only. */
    private static final List<Member<?>> OF_DICOMWEB = withAccess(List.of(URL, RETRIEVE_URLS));

    private static final List<Member<?>> OF_DIMSE = List.of(CALLED_AE, HOST, PORT, TLS, RETRIEVE);

    private static final List<Member<?>> OF_FOLDER = List.of(PATH);

    private SyncKinds() {}

    /** And how the server lets us in. */
    private static List<Member<?>> withAccess(List<Member<?>> members) {
        List<Member<?>> all = new ArrayList<>(members);
        AccessOptions.ALL.forEach(option -> all.add(option.member()));
        return List.copyOf(all);
    }

    private static <M> Member<M> member(String name, Kind<M> kind, boolean required) {
        return new Member<>(name, kind, required);
    }

    static Kind.Table<SyncSource> sources() {
        String one = "{ type: dicomweb, url: \"http://pacs:8042/dicom-web\", schedule: \"0 2 * * *\" }";
        return new Kind.Table<>(
                "archives by name, such as { main-pacs: " + one + " }",
                name -> name.matches("[A-Za-z0-9._-]{1,64}"),
                "1 to 64 letters, digits, dots, dashes or underscores",
                "{ main-pacs: " + one + " }",
                new Kind.Structure<>(one, "an archive", MEMBERS, SyncKinds::source));
    }

    private static Kind.Scalar<Schedule> schedule() {
        Kind.Scalar<Duration> interval = Kinds.duration("1s", "8760h");
        return new Kind.Scalar<>(
                "a cron expression of five fields, such as \"0 2 * * *\", or an interval, such as 15m", text -> {
                    if (text.strip().contains(" ")) {
                        try {
                            return new Schedule(Timing.parseCron(text.strip()), null);
                        } catch (IllegalArgumentException e) {
                            throw new Kind.Wrong();
                        }
                    }
                    return new Schedule(null, interval.parser().apply(text));
                });
    }

    private static Kind.Scalar<Hours> hours() {
        return new Kind.Scalar<>("hours of a day, such as 19:00-06:00", text -> {
            String[] parts = text.split("-", -1);
            try {
                if (parts.length == 2) {
                    Hours hours = new Hours(LocalTime.parse(parts[0].strip()), LocalTime.parse(parts[1].strip()));
                    if (!hours.from().equals(hours.to())) {
                        return hours;
                    }
                }
            } catch (DateTimeException e) {
                throw new Kind.Wrong();
            }
            throw new Kind.Wrong();
        });
    }

    private static SyncSource source(Members members) {
        Connection connection = connection(members);
        Optional<Timing> timing = members.get(SCHEDULE, Optional.empty())
                .map(schedule -> new Timing(
                        schedule.cron,
                        schedule.every,
                        members.get(ZONE, ZoneOffset.UTC),
                        members.values().containsKey(HOURS.name()) ? members.get(HOURS) : null));
        for (Member<?> member : List.of(HOURS, ZONE, JITTER)) {
            if (timing.isEmpty() && members.values().containsKey(member.name())) {
                throw new Kind.WrongMember(member.name(), "goes with a schedule; must not be given without one");
            }
        }
        Optional<String> aeTitle = find(members, AE_TITLE);
        return new SyncSource(
                connection,
                timing,
                members.get(JITTER, Duration.ZERO),
                connection instanceof Dimse dimse ? aeTitle.or(() -> Optional.of(dimse.calledAe())) : aeTitle,
                members.get(RECENT, Duration.ofHours(72)),
                members.get(LAST_UPDATED, false),
                members.get(COMPARE_ALL, Duration.ofHours(24)),
                members.get(ANSWER_MAX, 2000),
                members.get(SERVER_MAX, 0),
                members.get(PARALLEL, 2),
                members.get(PER_SECOND, 20),
                members.get(REMOVAL_MAX, 10),
                members.get(TIMEOUT, Duration.ofSeconds(60)));
    }

    private static <M> Optional<M> find(Members members, Member<M> member) {
        return members.values().containsKey(member.name()) ? Optional.of(members.get(member)) : Optional.empty();
    }

    private static Connection connection(Members members) {
        return switch (members.get(TYPE)) {
            case DICOMWEB -> {
                requireOnly(members, Type.DICOMWEB, List.of(URL), OF_DIMSE, OF_FOLDER);
                yield new DicomWeb(members.get(URL), AccessOptions.source(members), members.get(RETRIEVE_URLS, false));
            }
            case DIMSE -> {
                requireOnly(members, Type.DIMSE, List.of(CALLED_AE, HOST, PORT), OF_DICOMWEB, OF_FOLDER);
                yield new Dimse(
                        members.get(CALLED_AE),
                        members.get(HOST),
                        members.get(PORT),
                        members.get(TLS, false),
                        members.get(RETRIEVE, Retrieve.GET));
            }
            case FOLDER -> {
                requireOnly(members, Type.FOLDER, List.of(PATH), OF_DICOMWEB, OF_DIMSE);
                yield new Folder(members.get(PATH));
            }
        };
    }

    @SafeVarargs
    private static void requireOnly(Members members, Type type, List<Member<?>> required, List<Member<?>>... others) {
        String name = Kinds.text(type);
        for (Member<?> member : required) {
            if (!members.values().containsKey(member.name())) {
                throw new Kind.WrongMember(
                        TYPE.name(),
                        name + " needs " + member.name() + ": " + member.kind().right());
            }
        }
        for (List<Member<?>> other : others) {
            for (Member<?> member : other) {
                if (members.values().containsKey(member.name())) {
                    throw new Kind.WrongMember(member.name(), name + " has no " + member.name());
                }
            }
        }
    }
}
