package dev.switchboard.node.upstream;

/** Thrown inside an adapter when the request holds something its wire format has no words for. */
final class Inexpressible extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient UnsupportedField field;

    Inexpressible(UnsupportedField field) {
        super(field.message(), null, false, false);
        this.field = field;
    }

    Inexpressible(String field, ChatCall call) {
        this(UnsupportedField.of(field, call.platform().name()));
    }

    Inexpressible(String field, String message) {
        this(new UnsupportedField(field, message));
    }

    UnsupportedField field() {
        return field;
    }
}
