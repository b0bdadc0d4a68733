package io.logitstream.cli;

import java.io.StringWriter;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.WriterAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.layout.PatternLayout;

/** All that is logged until it is closed: by this project at DEBUG, by everyone else at INFO. */
final class CapturedLog implements AutoCloseable {

    private static final String OURS = "io.logitstream";

    private final StringWriter text = new StringWriter();
    private final LoggerContext context = LoggerContext.getContext(false);

    CapturedLog() {
        PatternLayout layout =
                PatternLayout.newBuilder().withPattern("%level %logger %msg%n%ex").build();
        WriterAppender appender =
                WriterAppender.createAppender(layout, null, text, "captured", false, true);
        appender.start();
        Configuration configuration = context.getConfiguration();
        configuration.addAppender(appender);
        LoggerConfig root = configuration.getRootLogger();
        root.removeAppender("console");
        root.addAppender(appender, null, null);
        root.setLevel(Level.INFO);
        configuration.addLogger(OURS, new LoggerConfig(OURS, Level.DEBUG, true));
        context.updateLoggers();
    }

    String text() {
        return text.toString();
    }

    /** Logs as before. */
    @Override
    public void close() {
        context.reconfigure();
    }
}
