package io.portolan.mapping.study;

import io.portolan.dicom.Uid;
import java.util.List;

/**
 * All that is known of a study, before anything is decided about it.
 *
 * @param study StudyInstanceUID
 * @param instances in any order; equal headers are best one object
 */
public record Gathered(Uid study, List<Instance> instances) {

    public Gathered {
        instances = List.copyOf(instances);
    }
}
