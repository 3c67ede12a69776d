package io.portolan.dicom.engine;

/**
 * How a C-GET or C-MOVE ended: the final response (PS3.7 9.1.3.1, 9.1.4.1), and its sub-operations in instances. A number
 * that the peer does not give is 0.
 *
 * @param status     success; {@link Status#SUB_OPERATIONS_FAILED}, a warning: some failed; or why nothing was done
 * @param completed  NumberOfCompletedSuboperations
 * @param failed     NumberOfFailedSuboperations
 * @param warnings   NumberOfWarningSuboperations: stored with a warning
 * @param remaining  NumberOfRemainingSuboperations: not begun when the operation was cancelled
 */
public record Retrieved(Status status, int completed, int failed, int warnings, int remaining) {}
