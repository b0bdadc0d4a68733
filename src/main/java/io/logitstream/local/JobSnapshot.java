package io.logitstream.local;

import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.executiongraph.ErrorInfo;
import org.jspecify.annotations.Nullable;

/** What the tasks of a job did at one moment. */
record JobSnapshot(AccessExecutionGraph graph) {

    /** Returns whether each task runs or has done its work. */
    boolean isRunningOrFinished() {
        if (graph.getState() != JobStatus.RUNNING) {
            return graph.getState() == JobStatus.FINISHED;
        }
        for (AccessExecutionVertex task : graph.getAllExecutionVertices()) {
            ExecutionState state = task.getExecutionState();
            if (state != ExecutionState.RUNNING && state != ExecutionState.FINISHED) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether the job has ended without doing its work. */
    boolean hasFailed() {
        return graph.getState().isGloballyTerminalState() && graph.getState() != JobStatus.FINISHED;
    }

    /** Returns the latest failure, or null if there was none. */
    @Nullable Throwable failure() {
        ErrorInfo failure = graph.getFailureInfo();
        return failure == null
                ? null
                : failure.getException().deserializeError(JobSnapshot.class.getClassLoader());
    }

    /** Returns the state of the job and of each task, for a person to read. */
    String describe() {
        StringBuilder text = new StringBuilder(graph.getState().name());
        for (AccessExecutionVertex task : graph.getAllExecutionVertices()) {
            text.append(", ")
                    .append(task.getTaskNameWithSubtaskIndex())
                    .append(' ')
                    .append(task.getExecutionState());
        }
        return text.toString();
    }
}
