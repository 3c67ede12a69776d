package io.portolan.gateway.sync;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Level;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Identifiers of C-FIND, C-GET and C-MOVE in the Study Root model (PS3.4 C.6.2). */
final class DimseQueries {

    private static final int QUERY_RETRIEVE_LEVEL = 0x0008_0052;

    private DimseQueries() {}

    /** Studies, with all that is asked of each. */
    static DataSet studies(StudyQuery query) {
        Map<Integer, String> keys = new TreeMap<>();
        if (query.study() != null) {
            keys.put(Attribute.StudyInstanceUID.tag(), query.study().value());
        }
        query.studyDate().ifPresent(date -> keys.put(Attribute.StudyDate.tag(), date));
        query.studyTime().ifPresent(time -> keys.put(Attribute.StudyTime.tag(), time));
        query.studyUpdateDateTime().ifPresent(since -> keys.put(QueryKeys.STUDY_UPDATE_DATE_TIME.tag(), since));
        return identifier("STUDY", QueryKeys.OF_STUDY, keys);
    }

    /** The series of a study. */
    static DataSet series(Uid study) {
        return identifier("SERIES", QueryKeys.OF_SERIES, Map.of(Attribute.StudyInstanceUID.tag(), study.value()));
    }

    /** The instances of a series, with all that the mapping reads of an instance. */
    static DataSet instances(Uid study, Uid series) {
        return identifier("IMAGE", ofInstance(), keys(study, series));
    }

    /** The instances of a series, and of which SOP class each is. */
    static DataSet classes(Uid study, Uid series) {
        List<Integer> asked = List.of(Attribute.SOPClassUID.tag(), Attribute.SOPInstanceUID.tag());
        return identifier("IMAGE", asked, keys(study, series));
    }

    /** A series to be retrieved. */
    static DataSet retrieval(Uid study, Uid series) {
        return identifier("SERIES", List.of(), keys(study, series));
    }

    private static List<Integer> ofInstance() {
        return Attribute.at(Level.INSTANCE).stream().map(Attribute::tag).toList();
    }

    private static Map<Integer, String> keys(Uid study, Uid series) {
        return Map.of(
                Attribute.StudyInstanceUID.tag(), study.value(),
                Attribute.SeriesInstanceUID.tag(), series.value());
    }

    private static DataSet identifier(String level, Collection<Integer> asked, Map<Integer, String> keys) {
        DataSet.Builder builder = DataSet.builder(CharacterSet.DEFAULT);
        builder.add(text(QUERY_RETRIEVE_LEVEL, Vr.CS, level));
        asked.stream().filter(tag -> !keys.containsKey(tag)).forEach(tag -> {
            Vr vr = QueryKeys.vrOf(tag);
            builder.add(vr == Vr.SQ ? Element.of(tag, List.of()) : Element.of(tag, vr, new byte[0]));
        });
        keys.forEach((tag, value) -> builder.add(text(tag, QueryKeys.vrOf(tag), value)));
        return builder.build();
    }

    private static Element text(int tag, Vr vr, String value) {
        return Element.of(tag, vr, value.getBytes(StandardCharsets.US_ASCII));
    }
}
