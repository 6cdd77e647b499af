package io.github.backprop4j.parallel;

import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.factory.Nd4j;

/** Memory in which a thread computes one slice after another: fresh memory for each would take most of the time. */
public final class Scratch {

    /** A workspace that grows to what the largest slice so far needed. */
    private static final WorkspaceConfiguration CONFIGURATION =
            WorkspaceConfiguration.builder().policySpill(SpillPolicy.REALLOCATE).build();

    private Scratch() {}

    /**
     * Opens the calling thread's memory of a name. Arrays that the thread makes until it is closed lie in it. They are
     * gone when it is closed, and the memory stays for the next slice.
     */
    public static MemoryWorkspace open(String name) {
        return Nd4j.getWorkspaceManager().getAndActivateWorkspace(CONFIGURATION, name);
    }
}
