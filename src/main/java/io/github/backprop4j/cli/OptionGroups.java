package io.github.backprop4j.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Lists the options of {@code train}, and of what is like it, in their help under headings, each group in the order of their
 * declaration. Options that are named nowhere here stand in the group of the training itself.
 */
final class OptionGroups implements IHelpSectionRenderer {

    private static final String TRAINING = "Training:";

    private static final Map<String, List<String>> NAMES = groups();

    private static Map<String, List<String>> groups() {
        Map<String, List<String>> names = new LinkedHashMap<>();
        names.put("Search:", List.of("--vary", "--random", "--search-seed", "--halving"));
        names.put("Data:", List.of("--data", "--size", "--gray", "--fit", "--strict", "--limit", "--validation",
                "--split", "--balance", "--augment"));
        names.put("Network:", List.of("--layers", "--from", "--freeze", "--freeze-after"));
        names.put(TRAINING, List.of());
        names.put("Computation:", List.of("--engine", "--precision", "--threads"));
        names.put("Cluster:", List.of("--master", "--partitions", "--local-steps", "--spark"));
        names.put("Output:", List.of("--output", "--json", "--tensorboard", "--checkpoint-every", "--resume",
                "--resume-anyway"));
        names.put("Help:", List.of("--help", "--version"));
        return names;
    }

    @Override
    public String render(Help help) {
        Map<String, List<OptionSpec>> options = help.commandSpec().options().stream()
                .collect(Collectors.groupingBy(option -> group(option.longestName())));
        return NAMES.keySet().stream().filter(options::containsKey)
                .map(group -> System.lineSeparator() + group + System.lineSeparator() + list(help, options.get(group)))
                .collect(Collectors.joining());
    }

    private static String group(String option) {
        return NAMES.entrySet().stream().filter(group -> group.getValue().contains(option)).map(Map.Entry::getKey)
                .findFirst().orElse(TRAINING);
    }

    private static String list(Help help, List<OptionSpec> options) {
        Help.Layout layout = help.createDefaultLayout();
        layout.addOptions(options, help.parameterLabelRenderer());
        return layout.toString();
    }
}
