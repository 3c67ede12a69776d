package io.portolan.mapping;

/** How a study refers to a resource that is not part of it. */
public enum Strategy {
    /** By identifier and name ({@code Reference.identifier}, {@code display}); nothing is asked, nothing is created. */
    LOGICAL,
    /** To a resource that is created where the server has none with the identifier. */
    CREATE,
    /** To the one resource that the server has with the identifier; it is never written. */
    RESOLVE
}
