/**
 * {@code portolan convert} as an Apache Spark job: many machines read, a shuffle brings the instances of a study together, and
 * what a file and a study become is said by the same code ({@link io.portolan.gateway.convert}).
 *
 * <pre>
 *   Listing -> ReadFiles == shuffle by study ==> MapStudies == shuffle by resource ==> FirstOfEach -> NdjsonFormat
 *   driver     headers                            studies, lines                        each once      files, committed
 *                   \== documents ==> driver ==/
 * </pre>
 *
 * What goes from task to task is keys and values of bytes. Sorted by study and instance, the instances of a study come one behind
 * the other, and a task holds one study at a time. Every task may be run again: what it says depends on its input alone, and
 * what it wrote counts when it is committed.
 *
 * <p>May depend on Spark's core (RDDs) and Hadoop's file systems. Must hold nothing in static fields, and hand no object of ours
 * from task to task.
 */
@NullMarked
package io.portolan.spark;

import org.jspecify.annotations.NullMarked;
