package io.github.backprop4j.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/** Memory that is lent to threads. */
class ScratchTest {

    @Test
    void whatOneThreadGivesBackTheNextOneGets() throws Exception {
        MemoryWorkspace first = inAThread();
        for (int i = 0; i < 10; i++) {
            assertSame(first, inAThread(), "a thread that ended took it along");
        }
    }

    /** Returns the memory that a new thread is lent, and ends the thread. */
    private static MemoryWorkspace inAThread() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            return thread.submit(ScratchTest::used).get();
        } finally {
            thread.shutdown();
        }
    }

    private static MemoryWorkspace used() {
        try (Scratch.Loan loan = Scratch.borrow()) {
            assertTrue(Nd4j.create(DataType.FLOAT, 10, 10).isAttached(), "an array beside the memory that was lent");
            return Nd4j.getMemoryManager().getCurrentWorkspace();
        }
    }

    @Test
    void whatIsLentIsNobodyElses() {
        try (Scratch.Loan loan = Scratch.borrow()) {
            MemoryWorkspace outer = Nd4j.getMemoryManager().getCurrentWorkspace();
            try (Scratch.Loan second = Scratch.borrow()) {
                assertNotSame(outer, Nd4j.getMemoryManager().getCurrentWorkspace());
            }
            assertSame(outer, Nd4j.getMemoryManager().getCurrentWorkspace());
        }
        assertNull(Nd4j.getMemoryManager().getCurrentWorkspace());
    }

    @Test
    void aThreadThatDestroysItsWorkspacesLeavesWhatWasLent() {
        MemoryWorkspace before = used();
        Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
        long size = before.getCurrentSize();
        assertSame(before, used());
        assertTrue(size > 0);
        assertEquals(size, before.getCurrentSize());
    }
}
