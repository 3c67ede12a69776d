package io.portolan.cli;

import io.portolan.dicom.engine.AeTitles;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An AE title given on the command line (PS3.5 6.2 AE). */
final class AeTitle implements ITypeConverter<String> {

    @Override
    public String convert(String text) {
        if (!AeTitles.isValid(text)) {
            throw new TypeConversionException(
                    "'" + text + "' is no AE title: 1 to 16 letters, digits or signs of ASCII without backslash");
        }
        return text;
    }
}
