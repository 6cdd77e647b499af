package io.github.backprop4j.parallel;

import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.factory.Nd4j;

/** Memory that a thread computes a slice in, again and again: fresh memory would take most of the time. */
public final class Scratch {

    /** Grows to what the largest slice so far needed. */
    private static final WorkspaceConfiguration CONFIGURATION =
            WorkspaceConfiguration.builder().policySpill(SpillPolicy.REALLOCATE).build();

    private Scratch() {}

    /**
     * Opens the calling thread's memory of a name: arrays made from now on lie in it, until it is closed. Then they are
     * gone, and the memory stays for the next time.
     */
    public static MemoryWorkspace open(String name) {
        return Nd4j.getWorkspaceManager().getAndActivateWorkspace(CONFIGURATION, name);
    }
}
