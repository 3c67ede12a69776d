@NullMarked
package io.portolan.gateway;

import org.jspecify.annotations.NullMarked;
