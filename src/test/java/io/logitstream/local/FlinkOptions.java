package io.logitstream.local;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;

/** The options that Flink's jars declare. */
public final class FlinkOptions {

    private FlinkOptions() {}

    /** Returns the options of Flink itself and of its RocksDB state, by their keys. */
    public static Map<String, ConfigOption<?>> all() throws Exception {
        Map<String, ConfigOption<?>> options = new TreeMap<>();
        for (Class<?> ofJar : List.of(CoreOptions.class, RocksDBOptions.class)) {
            for (String name : optionClasses(ofJar)) {
                for (Field field : Class.forName(name).getFields()) {
                    if (Modifier.isStatic(field.getModifiers())
                            && field.get(null) instanceof ConfigOption<?> option) {
                        options.put(option.key(), option);
                    }
                }
            }
        }
        return options;
    }

    private static List<String> optionClasses(Class<?> ofJar) throws Exception {
        Path path = Path.of(ofJar.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (JarFile jar = new JarFile(path.toFile())) {
            return jar.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.matches("org/apache/flink/[^$]*Options\\.class"))
                    .map(name -> name.replace(".class", "").replace('/', '.'))
                    .toList();
        }
    }
}
