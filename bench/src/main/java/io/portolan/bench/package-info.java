/** Benchmarks, run by hand ({@code ./dev bench}): what they measured stands in docs/performance.md. */
@NullMarked
package io.portolan.bench;

import org.jspecify.annotations.NullMarked;
