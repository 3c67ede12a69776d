package io.portolan.dicom;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Value representations (PS3.5 6.2, table 6.2-1) with what a reader has to know of each. */
public enum Vr {
    // spotless:off
    //  kind of value       explicit length field (PS3.5 7.1.2: 16 or 32 bits)
    AE(Kind.ASCII,         16),
    AS(Kind.ASCII,         16),
    AT(Kind.TAG,           16),
    CS(Kind.ASCII,         16),
    DA(Kind.ASCII,         16),
    DS(Kind.ASCII,         16),
    DT(Kind.ASCII,         16),
    FD(Kind.NUMBER,        16),
    FL(Kind.NUMBER,        16),
    IS(Kind.ASCII,         16),
    LO(Kind.TEXT,          16),
    LT(Kind.LONG_TEXT,     16),
    OB(Kind.BYTES,         32),
    OD(Kind.BYTES,         32),
    OF(Kind.BYTES,         32),
    OL(Kind.BYTES,         32),
    OV(Kind.BYTES,         32),
    OW(Kind.BYTES,         32),
    PN(Kind.NAME,          16),
    SH(Kind.TEXT,          16),
    SL(Kind.NUMBER,        16),
    SQ(Kind.ITEMS,         32),
    SS(Kind.NUMBER,        16),
    ST(Kind.LONG_TEXT,     16),
    SV(Kind.NUMBER,        32),
    TM(Kind.ASCII,         16),
    UC(Kind.TEXT,          32),
    UI(Kind.ASCII,         16),
    UL(Kind.NUMBER,        16),
    UN(Kind.BYTES,         32),
    UR(Kind.LONG_ASCII,    32),
    US(Kind.NUMBER,        16),
    UT(Kind.LONG_TEXT,     32),
    UV(Kind.NUMBER,        32);
    // spotless:on

    /** How the bytes of a value are to be understood. */
    public enum Kind {
        /** Text in the default repertoire; backslash separates values. */
        ASCII,
        /** One text in the default repertoire; a backslash is a character. */
        LONG_ASCII,
        /** Text in the specific character set; backslash separates values. */
        TEXT,
        /** One text in the specific character set; a backslash is a character. */
        LONG_TEXT,
        /** Person names: text with component groups (PS3.5 6.2.1). */
        NAME,
        /** Binary numbers. */
        NUMBER,
        /** Attribute tags. */
        TAG,
        /** Bytes that are not interpreted. */
        BYTES,
        /** A sequence of items. */
        ITEMS
    }

    private static final Vr[] BY_CODE = new Vr[26 * 26];

    static {
        for (Vr vr : values()) {
            BY_CODE[(vr.name().charAt(0) - 'A') * 26 + vr.name().charAt(1) - 'A'] = vr;
        }
    }

    private final Kind kind;
    private final int lengthBits;

    Vr(Kind kind, int lengthBits) {
        this.kind = kind;
        this.lengthBits = lengthBits;
    }

    public Kind kind() {
        return kind;
    }

    /** Whether an explicit header has two reserved bytes and a 32 bit length (PS3.5 table 7.1-1). */
    public boolean longLength() {
        return lengthBits == 32;
    }

    /** Whether the values are text of any kind. */
    public boolean isText() {
        return switch (kind) {
            case ASCII, LONG_ASCII, TEXT, LONG_TEXT, NAME -> true;
            case NUMBER, TAG, BYTES, ITEMS -> false;
        };
    }

    /** Whether a backslash stands between values. */
    public boolean isMultiValued() {
        return kind == Kind.ASCII || kind == Kind.TEXT || kind == Kind.NAME;
    }

    /** The value representation written with these two bytes, if there is one. */
    public static Optional<Vr> of(int first, int second) {
        return Optional.ofNullable(find(first, second));
    }

    /** As {@link #of}, without an object: the reader asks for every element. */
    public static @Nullable Vr find(int first, int second) {
        if (first < 'A' || first > 'Z' || second < 'A' || second > 'Z') {
            return null;
        }
        return BY_CODE[(first - 'A') * 26 + second - 'A'];
    }

    /** The value representation with this name, if there is one. */
    public static Optional<Vr> parse(String name) {
        return name.length() == 2 ? of(name.charAt(0), name.charAt(1)) : Optional.empty();
    }
}
