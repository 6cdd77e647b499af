package io.github.backprop4j.parallel;

import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.cpu.nativecpu.workspace.CpuWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/** Memory in which a thread computes one slice after another: fresh memory for each would take most of the time. */
public final class Scratch {

    /** A workspace that grows to what the largest slice so far needed. */
    private static final WorkspaceConfiguration CONFIGURATION =
            WorkspaceConfiguration.builder().policySpill(SpillPolicy.REALLOCATE).build();

    /**
     * What was lent and is back, the last one first: it is still in the processor's cache. The native memory belongs to the
     * process, so that there is as much as was ever in use at once, however many threads come and go. ND4J's own workspaces
     * belong to a thread each, and of one that ends without destroying them some 100 kB are never freed.
     */
    private static final Deque<MemoryWorkspace> IDLE = new ConcurrentLinkedDeque<>();

    private Scratch() {}

    /**
     * Opens the calling thread's memory of a name. Arrays that the thread makes until it is closed lie in it. They are
     * gone when it is closed, and the memory stays for the next slice, until the thread destroys its workspaces.
     */
    public static MemoryWorkspace open(String name) {
        return Nd4j.getWorkspaceManager().getAndActivateWorkspace(CONFIGURATION, name);
    }

    /** Memory that was lent to a thread, which must close it. */
    public static final class Loan implements AutoCloseable {
        private final MemoryWorkspace memory;

        private Loan(MemoryWorkspace memory) {
            this.memory = memory;
        }

        /** Gives it back; arrays in it are gone. */
        @Override
        public void close() {
            memory.close();
            IDLE.push(memory);
        }
    }

    /**
     * Lends memory to the calling thread, which may be a host's. Arrays that the thread makes until it is closed lie in it.
     * They are gone when it is closed, and the memory stays for whichever thread asks next.
     */
    public static Loan borrow() {
        MemoryWorkspace idle = IDLE.poll();
        // made by hand, not by ND4J's manager, which would hand it to this thread and destroy it with this thread's others
        MemoryWorkspace memory = idle == null ? new CpuWorkspace(CONFIGURATION, "backprop4j-lent") : idle;
        memory.notifyScopeEntered();
        return new Loan(memory);
    }
}
