package io.logitstream.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;

/** A cluster with the Prometheus reporter of the shipped configuration, on a port of its own. */
public final class MeasuredFlink implements AutoCloseable {

    private static final String REPORTER = "metrics.reporter";

    private final LocalFlink flink;
    private final int port;

    private MeasuredFlink(LocalFlink flink, int port) {
        this.flink = flink;
        this.port = port;
    }

    /** Starts a cluster of one task manager. */
    public static MeasuredFlink start(int slots) {
        int port = FreePorts.find();
        Configuration shipped = GlobalConfiguration.loadConfiguration("config/flink");
        Configuration reporter = new Configuration();
        for (String key : shipped.keySet()) {
            if (key.startsWith(REPORTER)) {
                reporter.setString(key, shipped.getString(key, ""));
            }
        }
        reporter.setString(REPORTER + ".prom.port", "" + port);
        return new MeasuredFlink(LocalFlink.start(1, slots, reporter), port);
    }

    public LocalFlink flink() {
        return flink;
    }

    /** Returns host and port of what Prometheus is to scrape. */
    public String target() {
        return BrokerSettings.HOST + ":" + port;
    }

    /** Returns what Prometheus would be told now. */
    public Scrape scrape() throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://" + target() + "/metrics")).build();
        return Scrape.of(
                HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .body());
    }

    @Override
    public void close() {
        flink.close();
    }
}
