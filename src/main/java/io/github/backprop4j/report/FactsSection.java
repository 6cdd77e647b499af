package io.github.backprop4j.report;

import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.ModelCard;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Parameter;
import io.github.backprop4j.network.Platform;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.nd4j.shade.jackson.databind.JsonNode;

/** Names and values, in a table. */
record FactsSection(String heading, Map<String, String> facts) implements Section {

    /** Returns settings as JSON has them; those that are null were not asked for. */
    static FactsSection settings(JsonNode settings) {
        Map<String, String> facts = new LinkedHashMap<>();
        settings.fields().forEachRemaining(each -> facts.put(each.getKey(), each.getValue().isNull() ? Figures.NONE
                : each.getValue().isValueNode() ? each.getValue().asText() : each.getValue().toString()));
        return new FactsSection("Settings", facts);
    }

    /** Returns what a network is and where it comes from. */
    static FactsSection modelCard(Network network) {
        Map<String, String> facts = new LinkedHashMap<>();
        Optional<ModelCard> card = network.card();
        Architecture architecture = network.architecture();
        facts.put("layers", architecture.text());
        facts.put("parameters", Figures.count(architecture.parameters().stream().mapToLong(FactsSection::length).sum())
                + ", of which " + Figures.count(network.parameters().trainedCount()) + " are trained");
        facts.put("images", architecture.channels() + "×" + architecture.height() + "×" + architecture.width()
                + " (channels, height, width)");
        facts.put("classes", Figures.count(architecture.classNames().size()));
        card.ifPresent(each -> {
            facts.put("trained by", "backprop4j " + each.version());
            facts.put("seed", Long.toString(each.seed()));
            facts.put("data", each.data());
            facts.put("SHA-256 of the data", each.dataDigest());
            for (int i = 0; i < each.platforms().size(); i++) {
                put(facts, each.platforms().get(i), i == 0 ? "" : " " + (i + 1));
            }
        });
        return new FactsSection("Model card", facts);
    }

    private static long length(Parameter parameter) {
        long length = 1;
        for (long size : parameter.shape()) {
            length *= size;
        }
        return length;
    }

    private static void put(Map<String, String> facts, Platform platform, String number) {
        facts.put("platform" + number, platform.system() + "; backprop4j " + platform.backprop4j()
                + "; ND4J " + platform.nd4j() + "; OpenBLAS " + platform.openblas()
                + (platform.onednn() == null ? "" : "; oneDNN " + platform.onednn()));
        facts.put("engine" + number, platform.engine() + ", " + platform.precision());
    }

    @Override
    public void write(Html page) {
        page.open("table", "class", "facts").open("tbody");
        facts.forEach((name, value) -> page.open("tr").element("th", name, "scope", "row").element("td", value).closeLine());
        page.close().closeLine();
    }
}
