package io.logitstream.cli;

import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;

/** What the build says of versions. */
public final class BuildVersions {

    private static final Document POM = read(Path.of("pom.xml"));

    private BuildVersions() {}

    private static Document read(Path file) {
        try {
            return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
        } catch (Exception e) {
            throw new IllegalStateException("cannot read " + file, e);
        }
    }

    /** Returns the version of the project. */
    public static String project() {
        return text("/project/version");
    }

    /** Returns a property of the build, such as {@code flink.version}. */
    static String property(String name) {
        return text("/project/properties/*[local-name()='" + name + "']");
    }

    /** Returns where the build puts the jar that is shipped. */
    static String jar() {
        return "target/" + text("/project/artifactId") + "-" + project() + ".jar";
    }

    private static String text(String path) {
        XPath xpath = XPathFactory.newInstance().newXPath();
        try {
            String text = (String) xpath.evaluate(path, POM, XPathConstants.STRING);
            if (text.isBlank()) {
                throw new IllegalArgumentException("pom.xml has no " + path);
            }
            return text;
        } catch (javax.xml.xpath.XPathExpressionException e) {
            throw new IllegalArgumentException(path, e);
        }
    }
}
