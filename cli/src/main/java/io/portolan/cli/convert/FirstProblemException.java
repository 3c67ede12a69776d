package io.portolan.cli.convert;

/** The first problem of a run that is to end there. */
final class FirstProblemException extends Exception {
    private static final long serialVersionUID = 1;
}
