package io.github.backprop4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.network.Parameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateFactorsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "none | none",
        "shift:64 | shift:64",
        "shift:64.0,weights:0.5 | weights:0.5,shift:64",
        "scale:0,bias:1e3 | bias:1000,scale:0",
        "bias:1,scale:1.0 | none",
        "bias:0.1 | bias:0.1",
        "bias:1e-300,shift:1e6 | bias:1.0E-300,shift:1000000"})
    void hasOneTextForWhatMeansTheSame(String given, String canonical) {
        RateFactors factors = RateFactors.parse(given);
        assertEquals(canonical, factors.toString());
        assertEquals(factors, RateFactors.parse(canonical));
        assertEquals(factors.hashCode(), RateFactors.parse(canonical).hashCode());
        assertEquals(factors, Json.value("test", Json.tree(factors), RateFactors.class));
    }

    @Test
    void givesEachKindItsFactor() {
        RateFactors factors = RateFactors.parse("weights:0.5,bias:2,shift:64,scale:0");
        assertEquals(0.5, factors.of(Parameter.Kind.WEIGHTS));
        assertEquals(2, factors.of(Parameter.Kind.OFFSET));
        assertEquals(64, factors.of(Parameter.Kind.SHIFT));
        assertEquals(0, factors.of(Parameter.Kind.SCALE));
        assertEquals(1, RateFactors.NONE.of(Parameter.Kind.SHIFT));
        assertNotEquals(RateFactors.NONE, factors);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "gain:2 | 'gain:2'", "shift | 'shift'", "shift:-1 | 'shift:-1'", "shift:NaN | 'shift:NaN'",
        "shift:1e999 | 'shift:1e999'",
        "shift:2, bias:3 | ' bias:3'", "shift:2, | ''", "`` | ''", "SHIFT:2 | 'SHIFT:2'"})
    void refusesOtherWords(String text, String word) {
        assertEquals("rate factors: " + word + ", expected weights:FACTOR, bias:FACTOR, shift:FACTOR, scale:FACTOR, or none,"
                + " each factor from 0 to a million",
                assertThrows(InvalidInputException.class, () -> RateFactors.parse(text)).getMessage());
    }

    @Test
    void refusesAWordTwice() {
        assertEquals("rate factors: shift twice, expected each at most once", assertThrows(InvalidInputException.class,
                () -> RateFactors.parse("shift:2,bias:2,shift:2")).getMessage());
    }
}
