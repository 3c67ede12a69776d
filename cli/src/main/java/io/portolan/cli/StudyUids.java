package io.portolan.cli;

import io.portolan.dicom.Uid;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Study Instance UIDs as a command line gives them. */
final class StudyUids {

    private StudyUids() {}

    /** @throws UsageException one is none */
    static List<Uid> parse(List<String> texts) throws UsageException {
        List<Uid> uids = new ArrayList<>();
        for (String text : texts) {
            if (!Uid.isValid(text)) {
                throw new UsageException(text + " is no UID: digits and points, 64 characters at most");
            }
            uids.add(new Uid(text));
        }
        return uids;
    }

    static String count(long studies) {
        return studies + (studies == 1 ? " study is" : " studies are");
    }

    /** Names those that the ledger does not know; the exit code. */
    static int complain(PrintWriter err, List<Uid> unknown) {
        unknown.forEach(uid -> Terminal.complain(err, "the ledger has no study " + uid));
        return unknown.isEmpty() ? ExitCode.FINE : ExitCode.PROBLEMS;
    }
}
