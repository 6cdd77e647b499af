package io.github.backprop4j.spark;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.files.Ranges;
import io.github.backprop4j.files.Suggestion;
import io.github.backprop4j.files.UserError;
import io.github.backprop4j.training.TrainingSettings;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * The settings among which a sweep looks for the best: some of {@link TrainingSettings}, by their names there, each with the
 * values that it may have. What is found in it are texts by the names of the settings, in their order.
 */
public final class SearchSpace {

    /** What changes no number that a sweep compares. */
    private static final Set<String> WITHOUT_EFFECT = Set.of("checkpoint-every", "views");

    private static final int MAX_GRID = 10_000;
    /** Draws in a row that were there before, after which hardly another is left. */
    private static final int MAX_REPEATED = 1000;

    /** Each of the names has either values or a range. */
    private final Map<String, List<String>> values = new LinkedHashMap<>();
    private final Map<String, NumberRange> ranges = new LinkedHashMap<>();
    private final List<String> names = new ArrayList<>();

    private SearchSpace() {}

    /**
     * Reads a space.
     *
     * @param texts for each setting {@code NAME=VALUE VALUE ...} with its values, separated by spaces, or
     *     {@code NAME=LOW..HIGH} with the ends of a range, which numbers only can have
     * @throws InvalidInputException if there is no text, or one has a name or a value that no setting has
     */
    public static SearchSpace parse(List<String> texts) {
        if (texts.isEmpty()) {
            throw new InvalidInputException("vary: nothing, expected NAME=VALUE VALUE ... for at least one setting");
        }
        SearchSpace space = new SearchSpace();
        texts.forEach(space::add);
        return space;
    }

    private void add(String text) {
        String[] parts = text.strip().split("\\s*=\\s*", 2);
        if (parts.length < 2 || parts[1].isEmpty()) {
            throw new InvalidInputException("vary: '" + text + "', expected NAME=VALUE VALUE ... or NAME=LOW..HIGH");
        }
        String name = parts[0];
        Class<?> type = type(name);
        if (names.contains(name)) {
            throw new InvalidInputException("vary: " + name + " is there twice; give all of its values at once");
        }
        names.add(name);
        Optional<NumberRange> range = NumberRange.parse(name, parts[1], type);
        if (range.isPresent()) {
            ranges.put(name, range.get());
        } else {
            List<String> list = Arrays.stream(parts[1].split("\\s+")).distinct().toList();
            list.forEach(value -> requireReadable(name, value));
            values.put(name, list);
        }
    }

    private static Class<?> type(String name) {
        Map<String, Class<?>> types = new LinkedHashMap<>();
        for (RecordComponent component : TrainingSettings.class.getRecordComponents()) {
            types.put(component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT), component.getType());
        }
        if (!types.containsKey(name)) {
            throw new InvalidInputException("vary: " + name + " is no setting of a training"
                    + Suggestion.of(name, types.keySet()));
        }
        if (WITHOUT_EFFECT.contains(name)) {
            throw new InvalidInputException("vary: " + name + " has no part in the validation accuracy, by which a sweep"
                    + " chooses; leave it out");
        }
        return types.get(name);
    }

    /** What is of the setting's kind, but out of its range or does not fit the others, is for the trial to find out. */
    private static void requireReadable(String name, String value) {
        try {
            TrainingSettings.fromJson(Json.object().put(name, value));
        } catch (IllegalArgumentException e) {
            if (!(e.getCause() != null && e.getCause().getCause() instanceof UserError)) {
                throw new InvalidInputException("vary: " + name + "=" + value + ", expected a value that train's --" + name
                        + " takes", e);
            }
        }
    }

    /** Returns the names of the settings. */
    public List<String> names() {
        return List.copyOf(names);
    }

    /**
     * Returns all combinations, those side by side that differ in the last setting.
     *
     * @throws InvalidInputException if there are too many, or a setting has a range
     */
    public List<Map<String, String>> grid() {
        ranges.forEach((name, range) -> {
            throw new InvalidInputException("vary: " + name + "=" + range + ", but a grid has no ranges; name the values, or"
                    + " draw some by --random N");
        });
        List<Map<String, String>> all = List.of(Map.of());
        for (String name : names) {
            if ((long) all.size() * values.get(name).size() > MAX_GRID) {
                throw new InvalidInputException("vary: a grid of more than " + MAX_GRID
                        + " settings; name fewer values, or draw some by --random N");
            }
            all = all.stream().flatMap(before -> values.get(name).stream().map(value -> {
                Map<String, String> with = new LinkedHashMap<>(before);
                with.put(name, value);
                return with;
            })).toList();
        }
        return all;
    }

    /**
     * Draws combinations, all of them different: of values each as likely as the others; of a range the logarithm even, if
     * it is above 0 and its high end ten times the low one or more, or else the number. Numbers have four digits.
     *
     * @param count of combinations, at least 1
     * @param seed decides which, the same ones on any machine
     * @return fewer than asked for if there are no more
     */
    public List<Map<String, String>> random(int count, long seed) {
        Ranges.requireAtLeast(1, "random", count);
        // Java promises its numbers, and those of StrictMath
        Random random = new Random(seed);
        Set<Map<String, String>> drawn = new LinkedHashSet<>();
        for (int repeated = 0; drawn.size() < count && repeated < MAX_REPEATED; repeated++) {
            if (drawn.add(draw(random))) {
                repeated = 0;
            }
        }
        return List.copyOf(drawn);
    }

    private Map<String, String> draw(Random random) {
        Map<String, String> drawn = new LinkedHashMap<>();
        for (String name : names) {
            List<String> list = values.get(name);
            drawn.put(name, list == null ? ranges.get(name).draw(random) : list.get(random.nextInt(list.size())));
        }
        return drawn;
    }
}
