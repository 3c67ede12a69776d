package io.portolan.dicom.engine;

import io.portolan.dicom.Uid;

/** An instance that is referred to: ReferencedSOPClassUID (0008,1150) and ReferencedSOPInstanceUID (0008,1155). */
public record SopReference(Uid sopClass, Uid sopInstance) {}
