package io.logitstream.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.logitstream.benchmark.KernelCase.Variant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Measurements as tables for people and as JSON for programs. */
final class MeasurementText {

    private MeasurementText() {}

    /** A row for each kernel and size, a column for each variant, then the ratios. */
    static String table(Collection<Measurement> measurements, List<Variant> variants) {
        Map<String, Map<Variant, Double>> rows = new LinkedHashMap<>();
        for (Measurement measured : measurements) {
            KernelCase of = measured.of();
            String shape = of.batch() == 1 ? "" + of.k() : of.batch() + "x" + of.k();
            rows.computeIfAbsent(
                            "%-14s %8s".formatted(of.kernel(), shape), row -> new LinkedHashMap<>())
                    .put(of.variant(), measured.nsPerElement());
        }
        StringBuilder text = new StringBuilder("%-14s %8s".formatted("ns/element", "K"));
        variants.forEach(variant -> text.append("%10s".formatted(variant.word)));
        List<Variant> others = new ArrayList<>(variants);
        others.retainAll(List.of(Variant.scalar, Variant.mathExp, Variant.torch));
        others.forEach(other -> text.append("%15s".formatted(other.word + "/simd")));
        text.append('\n');
        rows.forEach(
                (name, row) -> {
                    text.append(name);
                    variants.forEach(variant -> text.append(cell(row.get(variant))));
                    Double simd = row.get(Variant.simd);
                    for (Variant other : others) {
                        Double theirs = row.get(other);
                        text.append(
                                simd == null || theirs == null
                                        ? " ".repeat(15)
                                        : String.format(Locale.ROOT, "%14.1fx", theirs / simd));
                    }
                    text.append('\n');
                });
        return text.toString();
    }

    private static String cell(Double nanos) {
        return nanos == null ? " ".repeat(10) : String.format(Locale.ROOT, "%10.3f", nanos);
    }

    /** A row for each kernel, size and input, with its ratio to the gaussian one. */
    static String inputTable(Collection<Measurement> measurements) {
        StringBuilder text =
                new StringBuilder(
                        "%-14s %8s %-13s%10s%14s%n"
                                .formatted("ns/element", "K", "scores", "simd", "to gaussian"));
        double gaussian = Double.NaN;
        for (Measurement measured : measurements) {
            KernelCase of = measured.of();
            gaussian = of.input() == Input.gaussian ? measured.nsPerElement() : gaussian;
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%-14s %8d %-13s%10.3f%13.2fx%n",
                            of.kernel(),
                            of.k(),
                            of.input(),
                            measured.nsPerElement(),
                            measured.nsPerElement() / gaussian));
        }
        return text.toString();
    }

    /** The array that {@code --json} writes. */
    static String json(Collection<Measurement> measurements, boolean namesInput) {
        ObjectMapper mapper = new ObjectMapper();
        ArrayNode array = mapper.createArrayNode();
        for (Measurement measured : measurements) {
            KernelCase of = measured.of();
            ObjectNode entry = array.addObject();
            entry.put("kernel", of.kernel().name());
            entry.put("variant", of.variant().word);
            entry.put("k", of.k());
            entry.put("batch", of.batch());
            entry.put("nsPerElement", measured.nsPerElement());
            entry.put("min", measured.min());
            entry.put("max", measured.max());
            if (namesInput) {
                entry.put("input", of.input().name());
            }
        }
        return array.toPrettyString() + "\n";
    }
}
