@NullMarked
package io.portolan.mapping;

import org.jspecify.annotations.NullMarked;
