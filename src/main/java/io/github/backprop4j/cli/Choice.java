package io.github.backprop4j.cli;

import io.github.backprop4j.files.Suggestion;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads one of an enum's constants by the name that its {@code toString} gives, in upper or lower case, and names all of
 * them in its error.
 */
record Choice<E extends Enum<E>>(Class<E> type) implements ITypeConverter<E> {

    @Override
    public E convert(String text) {
        List<String> names = Arrays.stream(type.getEnumConstants()).map(E::toString).toList();
        return Arrays.stream(type.getEnumConstants())
                .filter(each -> each.toString().equalsIgnoreCase(text) || each.name().equalsIgnoreCase(text))
                .findFirst().orElseThrow(() -> new TypeConversionException("'" + text + "', expected "
                        + String.join(", ", names) + Suggestion.of(text, names)));
    }
}
