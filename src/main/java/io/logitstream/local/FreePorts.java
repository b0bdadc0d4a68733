package io.logitstream.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds TCP ports nobody listens on.
 *
 * <p>The ports lie below the range from which Linux and macOS take the local port of an outgoing
 * connection. A port from that range could be taken by any client between the search and the use,
 * and a client that keeps trying to reach a stopped broker there can end up connected to itself.
 */
final class FreePorts {

    private static final int FIRST = 20_000;
    private static final int END = 32_000;
    private static final int ATTEMPTS = 1_000;

    private FreePorts() {}

    /** Returns a port of 127.0.0.1 that is free now; another process may still be faster. */
    static int find() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException(
                "no free port found between " + FIRST + " and " + END + " on 127.0.0.1");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket =
                new ServerSocket(port, 1, InetAddress.getByName(BrokerSettings.HOST))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
