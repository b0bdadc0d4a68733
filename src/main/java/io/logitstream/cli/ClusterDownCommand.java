package io.logitstream.cli;

import io.logitstream.local.LocalCluster;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Ends the cluster of processes. */
@Command(
        name = "down",
        mixinStandardHelpOptions = true,
        description =
                "Ends all processes of the cluster and deletes target/cluster, records and logs included.")
final class ClusterDownCommand implements Callable<Integer> {

    @Override
    public Integer call() throws Exception {
        int ended = LocalCluster.down(ClusterCommand.home());
        System.err.println(ended == 0 ? "no cluster was up" : "ended " + ended + " processes");
        return 0;
    }
}
