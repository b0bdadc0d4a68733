package io.logitstream.connector;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaFuture;

/** The broker refused a question, or did not answer it in time; the cause says why. */
public final class NoAnswerException extends Exception {

    private static final long serialVersionUID = 1L;

    NoAnswerException(Throwable cause) {
        super(rootMessage(cause), cause);
    }

    /** Returns the answer to a question. */
    static <T> T await(KafkaFuture<T> answer, long timeoutMillis) throws NoAnswerException {
        try {
            return answer.get(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new NoAnswerException(e.getCause());
        } catch (TimeoutException e) {
            throw new NoAnswerException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NoAnswerException(e);
        }
    }

    /** Returns the innermost cause. */
    static Throwable root(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /** Returns what the innermost cause says. */
    static String rootMessage(Throwable error) {
        Throwable root = root(error);
        String message = root.getMessage();
        return message == null || message.isBlank() ? root.getClass().getSimpleName() : message;
    }
}
