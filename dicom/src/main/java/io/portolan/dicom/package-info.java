@NullMarked
package io.portolan.dicom;

import org.jspecify.annotations.NullMarked;
