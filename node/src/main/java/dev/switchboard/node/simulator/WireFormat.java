package dev.switchboard.node.simulator;

/** The families of provider APIs. */
enum WireFormat {
    OPENAI(ErrorBody.Kind.OPENAI),
    GOOGLE(ErrorBody.Kind.GOOGLE),
    COHERE(ErrorBody.Kind.COHERE),
    CLOUDFLARE(ErrorBody.Kind.CLOUDFLARE);

    private final ErrorBody.Kind errors;

    WireFormat(ErrorBody.Kind errors) {
        this.errors = errors;
    }

    /** How this family writes its errors. */
    ErrorBody.Kind errors() {
        return errors;
    }
}
