package io.logitstream.cli;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** What a test does beside waiting; its failure has to be the test's. */
final class SideLoop {

    private SideLoop() {}

    /** Throws what has ended a loop, unless it goes on or was cancelled. */
    static void check(Future<?> loop, String name) {
        if (!loop.isDone() || loop.isCancelled()) {
            return;
        }
        try {
            loop.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(name + " has failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
