package io.portolan.gateway.publish;

import io.portolan.gateway.publish.Answer.Failure;
import io.portolan.gateway.publish.Answer.Success;

/** A publication stops here, for the reason that the failure gives. Its text is fit for a log. */
final class RefusedException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient Failure failure;

    RefusedException(Failure failure) {
        super(failure.toString(), null, false, false);
        this.failure = failure;
    }

    Failure failure() {
        return failure;
    }

    /** The answer, if it was a good one. */
    static Success successOf(Answer answer) throws RefusedException {
        if (answer instanceof Failure failure) {
            throw new RefusedException(failure);
        }
        return (Success) answer;
    }
}
