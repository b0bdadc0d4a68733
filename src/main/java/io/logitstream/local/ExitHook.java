package io.logitstream.local;

/** Closes something when the process ends without having closed it, as after Ctrl-C. */
public final class ExitHook {

    private final Thread thread;

    private ExitHook(Thread thread) {
        this.thread = thread;
    }

    /** Has something closed when the process ends, by a thread of this name. */
    public static ExitHook running(Runnable close, String name) {
        Thread thread = new Thread(close, name);
        Runtime.getRuntime().addShutdownHook(thread);
        return new ExitHook(thread);
    }

    /** Forgets what there was to close; no effect if the process is ending already. */
    public void cancel() {
        try {
            Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException e) {
            // The process is ending: the hook runs, or has run.
        }
    }
}
