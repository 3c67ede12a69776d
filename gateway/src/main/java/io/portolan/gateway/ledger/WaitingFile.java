package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;

/**
 * A file that is to be sent on.
 *
 * @param id of its row; another file may have it once this one is gone
 * @param path relative to the storage directory; no other file ever has it
 * @param attempts that failed so far
 */
public record WaitingFile(long id, String path, Uid study, Uid sopInstance, int attempts) {}
