@NullMarked
package io.portolan.testdata;

import org.jspecify.annotations.NullMarked;
