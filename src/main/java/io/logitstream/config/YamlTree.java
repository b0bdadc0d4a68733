package io.logitstream.config;

import io.logitstream.config.ConfigNode.Field;
import io.logitstream.config.ConfigNode.Items;
import io.logitstream.config.ConfigNode.Scalar;
import io.logitstream.config.ConfigNode.Section;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * Reads YAML into {@link ConfigNode}s. Every scalar stays the text it is written as; aliases are
 * expanded, tags and merge keys refused. Size, depth and expansion are bounded.
 */
final class YamlTree {

    static final int MAX_CHARS = 1 << 20;
    private static final int MAX_DEPTH = 20;
    private static final int MAX_NODES = 100_000;
    private static final Set<Tag> PLAIN_TAGS =
            Set.of(
                    Tag.STR,
                    Tag.INT,
                    Tag.FLOAT,
                    Tag.BOOL,
                    Tag.NULL,
                    Tag.TIMESTAMP,
                    Tag.MAP,
                    Tag.SEQ,
                    Tag.MERGE);

    private final String file;
    private final String kind;
    private final Faults faults;
    private int numNodes;

    private YamlTree(String file, String kind, Faults faults) {
        this.file = file;
        this.kind = kind;
        this.faults = faults;
    }

    /**
     * Reads a whole file.
     *
     * @param file its name
     * @param kind what kind of file it is, for faults
     * @return what it holds, or null after reporting why there is no section to check
     */
    static @Nullable Section parse(String file, String kind, String yaml, Faults faults) {
        return new YamlTree(file, kind, faults).parse(yaml);
    }

    private @Nullable Section parse(String yaml) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MAX_CHARS);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setMaxAliasesForCollections(50);
        Place start = new Place(file, 1, 1);
        try {
            Node root = new Yaml(options).compose(new StringReader(yaml));
            if (root == null) {
                return Section.empty(start);
            }
            ConfigNode node = convert(root, kind, 0);
            if (node instanceof Section section) {
                return section;
            }
            faults.add(node.place(), kind, "is " + node.kind() + ", not a section", "");
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark() != null ? e.getProblemMark() : e.getContextMark();
            String problem = YamlProblem.withoutContents(e.getProblem());
            faults.add(mark == null ? start : at(mark), "YAML", problem, "");
        } catch (ReaderException e) {
            String why = "has a character that YAML does not allow";
            faults.add(placeOf(yaml, e.getPosition()), "YAML", why, "");
        } catch (NumberFormatException e) {
            // SnakeYAML takes its digits for those of an int; it does not say where.
            faults.add(start, "YAML", "has an escape in quotes that is no character", "");
        } catch (YAMLException e) {
            String allowed =
                    "%d characters, %d values, %d levels, 50 aliases"
                            .formatted(MAX_CHARS, MAX_NODES, MAX_DEPTH);
            faults.add(start, "YAML", "is too large or too deep", allowed);
        }
        return null;
    }

    private ConfigNode convert(Node node, String what, int depth) {
        Place place = at(node.getStartMark());
        if (depth > MAX_DEPTH || ++numNodes > MAX_NODES) {
            throw new YAMLException("too large");
        }
        if (!PLAIN_TAGS.contains(node.getTag())) {
            faults.add(place, what, "has a YAML tag; a " + kind + " has none", "");
        }
        if (node instanceof MappingNode mapping) {
            return section(mapping, place, what, depth);
        }
        if (node instanceof SequenceNode sequence) {
            List<ConfigNode> items = new ArrayList<>();
            for (Node item : sequence.getValue()) {
                items.add(convert(item, Shown.path(what + "[" + items.size() + "]"), depth + 1));
            }
            return new Items(place, items);
        }
        boolean isNull = node.getTag().equals(Tag.NULL);
        return Scalar.of(place, isNull ? null : ((ScalarNode) node).getValue());
    }

    private Section section(MappingNode mapping, Place place, String what, int depth) {
        Section section = Section.empty(place);
        for (NodeTuple tuple : mapping.getValue()) {
            Node key = tuple.getKeyNode();
            Place at = at(key.getStartMark());
            if (!(key instanceof ScalarNode scalar)) {
                faults.add(at, what, "has a key that is not text", "");
                continue;
            }
            if (key.getTag().equals(Tag.MERGE)) {
                faults.add(at, what, "has a merge key (<<); write the keys out", "");
                continue;
            }
            String name = scalar.getValue();
            String path = Shown.path(depth == 0 ? name : what + "." + name);
            ConfigNode value = convert(tuple.getValueNode(), path, depth + 1);
            Field first = section.fields().putIfAbsent(name, new Field(at, value));
            if (first != null) {
                String why = "is given twice, first on line " + first.place().line();
                faults.add(at, Shown.plain(path), why, "");
            }
        }
        return section;
    }

    private Place at(Mark mark) {
        return new Place(file, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private Place placeOf(String yaml, int position) {
        int[] before = yaml.codePoints().limit(position).toArray();
        int line = 1;
        int column = 1;
        for (int c : before) {
            column = c == '\n' ? 1 : column + 1;
            line += c == '\n' ? 1 : 0;
        }
        return new Place(file, line, column);
    }
}
