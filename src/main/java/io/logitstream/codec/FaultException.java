package io.logitstream.codec;

import io.logitstream.record.FaultReason;

/**
 * Leaves a decoder with a fault. Carries no stack trace: a topic full of bad records must not cost
 * more than a topic of good ones.
 */
final class FaultException extends Exception {

    private static final long serialVersionUID = 1L;

    private final FaultReason reason;
    private final String detail;

    FaultException(FaultReason reason, String detail) {
        super(detail, null, false, false);
        this.reason = reason;
        this.detail = detail;
    }

    FaultReason reason() {
        return reason;
    }

    String detail() {
        return detail;
    }
}
