package io.logitstream.local;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.awaitility.Awaitility;

/**
 * A broker that lets users do what its ACLs say and nothing else. It listens for them twice: with
 * TLS and SCRAM-SHA-512, and with TLS and a certificate of their own. The third listener, that of
 * {@link #kafka}, is the door of the administrator, who may do everything.
 */
public final class SecuredKafka implements AutoCloseable {

    private static final String AUTHORIZER =
            "org.apache.kafka.metadata.authorizer.StandardAuthorizer";

    private final LocalKafka kafka;
    private final Admin admin;
    private final Certificates certificates;
    private final int scramPort;
    private final int tlsPort;

    private SecuredKafka(LocalKafka kafka, Certificates certificates, int scramPort, int tlsPort) {
        this.kafka = kafka;
        this.admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
        this.certificates = certificates;
        this.scramPort = scramPort;
        this.tlsPort = tlsPort;
    }

    /** Starts a broker with the certificate {@code broker} of these. */
    public static SecuredKafka start(Certificates certificates) {
        List<Integer> ports = List.of(FreePorts.find(), FreePorts.find());
        int scram = FreePorts.find();
        int tls = FreePorts.find();
        Iterator<Integer> inOrder = ports.iterator();
        LocalKafka kafka =
                LocalKafka.start(
                        settings(certificates, ports.get(0), ports.get(1), scram, tls),
                        inOrder::next);
        return new SecuredKafka(kafka, certificates, scram, tls);
    }

    private static Map<String, String> settings(
            Certificates certificates, int clients, int controller, int scram, int tls) {
        String toClients =
                "CLIENTS://127.0.0.1:%d,SCRAM://127.0.0.1:%d,TLS://127.0.0.1:%d"
                        .formatted(clients, scram, tls);
        return Map.ofEntries(
                Map.entry("listeners", toClients + ",CONTROLLER://127.0.0.1:" + controller),
                Map.entry("advertised.listeners", toClients),
                Map.entry(
                        "listener.security.protocol.map",
                        "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT,SCRAM:SASL_SSL,TLS:SSL"),
                Map.entry("sasl.enabled.mechanisms", "SCRAM-SHA-512"),
                Map.entry(
                        "listener.name.scram.scram-sha-512.sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required;"),
                Map.entry("ssl.keystore.type", "PKCS12"),
                Map.entry("ssl.keystore.location", certificates.keyStore("broker").toString()),
                Map.entry("ssl.keystore.password", certificates.password()),
                Map.entry("ssl.truststore.type", "PEM"),
                Map.entry("ssl.truststore.location", certificates.authority().toString()),
                Map.entry("listener.name.tls.ssl.client.auth", "required"),
                Map.entry("ssl.principal.mapping.rules", "RULE:^CN=([^,]+)$/$1/,DEFAULT"),
                Map.entry("authorizer.class.name", AUTHORIZER),
                Map.entry("allow.everyone.if.no.acl.found", "false"),
                Map.entry("super.users", "User:ANONYMOUS"));
    }

    /** Returns the broker as its administrator sees it. */
    public LocalKafka kafka() {
        return kafka;
    }

    public Certificates certificates() {
        return certificates;
    }

    public String scramAddress() {
        return "127.0.0.1:" + scramPort;
    }

    public String tlsAddress() {
        return "127.0.0.1:" + tlsPort;
    }

    /** Adds a user of the listener with SCRAM. */
    public void addUser(String name, String password) throws Exception {
        ScramCredentialInfo info = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);
        admin.alterUserScramCredentials(
                        List.of(new UserScramCredentialUpsertion(name, info, password)))
                .all()
                .get(30, TimeUnit.SECONDS);
    }

    /** Returns when the broker goes by them. */
    public void allow(Collection<AclBinding> acls) throws Exception {
        admin.createAcls(acls).all().get(30, TimeUnit.SECONDS);
        Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> acls().containsAll(acls));
    }

    /** Returns when the broker does not go by it any more. */
    public void forbid(AclBinding acl) throws Exception {
        admin.deleteAcls(List.of(acl.toFilter())).all().get(30, TimeUnit.SECONDS);
        Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> !acls().contains(acl));
    }

    private Set<AclBinding> acls() throws Exception {
        return admin.describeAcls(AclBindingFilter.ANY).values().get(30, TimeUnit.SECONDS).stream()
                .collect(Collectors.toSet());
    }

    @Override
    public void close() {
        admin.close();
        kafka.close();
    }
}
