/**
 * Files to studies to FHIR, with an account of every file.
 *
 * <pre>
 *              Intake                                       Conversion
 *   FileTree -> Inputs -> FileReader -> Journal ---------> StudyWriter -> Output
 *    names      files     instances     on disk   Index      studies       bundles, ndjson, a server, nothing
 *                                          \________________________________ Report
 * </pre>
 *
 * What is read goes into the journal in the order of the names, whoever was done first, so that every run of the same input
 * says the same. What a file and a study become is said in {@link io.portolan.gateway.convert}. In memory stays where in the journal each file stands, and of which study it is.
 * Nothing is known to be complete before all is read, since files of a study may lie anywhere; then each study is read back,
 * mapped and written. A run that is broken off leaves the journal, whatever it was broken off by.
 */
@org.jspecify.annotations.NullMarked
package io.portolan.cli.convert;
