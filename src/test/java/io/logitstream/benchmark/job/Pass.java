package io.logitstream.benchmark.job;

import java.io.Serializable;

/**
 * One run of a job over its topics.
 *
 * @param bootstrapServers the broker
 * @param name of the pass, new each time: it names the consumer group and the transactions
 * @param scores the topic of the scores
 * @param labels the topic of the labels; there only if they are joined
 * @param predictions the topic of the predictions
 */
record Pass(String bootstrapServers, String name, String scores, String labels, String predictions)
        implements Serializable {

    /** The topic of the windows. */
    String losses() {
        return predictions + "-losses";
    }

    String deadLetters() {
        return predictions + "-dead-letters";
    }
}
