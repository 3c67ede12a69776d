package io.portolan.dicom.net;

import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.engine.EngineConformance;

class PortolanEngineTest extends EngineConformance {

    @Override
    protected DicomEngine engine() {
        return new PortolanEngine();
    }
}
