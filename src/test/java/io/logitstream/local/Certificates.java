package io.logitstream.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Certificates made for a test with the JDK's keytool: an authority, and key stores whose
 * certificates it has signed. All are valid for 127.0.0.1 and for a day.
 */
public final class Certificates {

    private static final String AUTHORITY = "authority";

    private final Path directory;
    private final String password;

    private Certificates(Path directory, String password) {
        this.directory = directory;
        this.password = password;
    }

    /**
     * Makes an authority.
     *
     * @param directory where everything is written
     * @param password of all key stores; at least six characters
     */
    public static Certificates create(Path directory, String password) throws Exception {
        Certificates certificates = new Certificates(directory, password);
        certificates.makeKey(AUTHORITY, "-ext", "bc:critical=ca:true");
        certificates.keytool(AUTHORITY, "-exportcert", "-rfc", "-file", "authority.pem");
        return certificates;
    }

    /** Makes a key store of this name, which is also the name its certificate is for. */
    public void add(String name) throws Exception {
        makeKey(name);
        keytool(name, "-certreq", "-file", name + ".csr");
        keytool(
                AUTHORITY,
                "-gencert",
                "-rfc",
                "-validity",
                "1",
                "-ext",
                "san=ip:127.0.0.1",
                "-infile",
                name + ".csr",
                "-outfile",
                name + ".pem");
        Files.writeString(
                directory.resolve(name + ".chain"),
                Files.readString(directory.resolve(name + ".pem")) + Files.readString(authority()));
        keytool(name, "-importcert", "-noprompt", "-file", name + ".chain");
    }

    /** Returns the certificate of the authority, as PEM. */
    public Path authority() {
        return directory.resolve("authority.pem");
    }

    /** Returns a key store, PKCS12. */
    public Path keyStore(String name) {
        return directory.resolve(name + ".p12");
    }

    public String password() {
        return password;
    }

    private void makeKey(String name, String... extensions) throws Exception {
        List<String> arguments =
                new ArrayList<>(
                        List.of("-genkeypair", "-keyalg", "EC", "-validity", "1", "-dname"));
        arguments.add("CN=" + name);
        arguments.addAll(List.of(extensions));
        keytool(name, arguments.toArray(String[]::new));
    }

    /** The alias is always the store's name. */
    private void keytool(String store, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-alias", store, "-keystore", store + ".p12"));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", password));
        Path log = directory.resolve("keytool.log");
        int exitCode =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start()
                        .waitFor();
        if (exitCode != 0) {
            throw new IllegalStateException("keytool: " + Files.readString(log));
        }
    }
}
