package io.github.backprop4j.fuzzing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Damage that a checksum tells: what is read of a damaged npz file, model, checkpoint, gzipped IDX or gzipped tar file is what
 * lay in the undamaged one. Of an npz file some arrays may be missing without a checksum telling; models and checkpoints
 * tell.
 *
 * <p>This is no matter for the fuzzer, which finds right checksums in time. PNG's checksums are not looked at by the decoder,
 * JPEG and CIFAR-10's records have none: there an image may be another one, of the right size.
 */
@Tag("robustness")
class ChecksumsTest {

    /** In the profile long, more than any of the files has bytes. */
    private static final int PLACES = Integer.getInteger("damages", 400);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(names = {"NPZ", "MODEL", "CHECKPOINT", "IDX", "TAR"})
    void tellDamage(Target target) throws IOException {
        List<byte[]> seeds = target.seeds(Files.createDirectory(folder.resolve("seeds")));
        Judge judge = new Judge(target, Files.createDirectory(folder.resolve("judged")));
        int refused = 0;
        int trials = 0;
        for (byte[] seed : seeds) {
            Set<Object> whole = new HashSet<>(judge.file(seed).orElseThrow());
            int step = Math.max(1, seed.length / PLACES);
            for (int at = 0; at < seed.length; at += step) {
                byte[] flipped = seed.clone();
                flipped[at] ^= (byte) (1 << at % 8);
                byte[] replaced = seed.clone();
                replaced[at] = (byte) (at % 2 == 0 ? 0xff : 0);
                byte[] without = Arrays.copyOf(seed, seed.length - 1);
                System.arraycopy(seed, at + 1, without, at, seed.length - 1 - at);
                for (byte[] damaged : List.of(flipped, replaced, without, Arrays.copyOf(seed, at))) {
                    Optional<List<Object>> found = judge.file(damaged);
                    assertTrue(found.isEmpty() || whole.containsAll(found.get()), "read as something else, at " + at);
                    refused += found.isEmpty() ? 1 : 0;
                    trials++;
                }
            }
        }
        assertTrue(refused > trials / 2, refused + " of " + trials + " were refused");
    }
}
