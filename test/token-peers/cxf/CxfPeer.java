import java.io.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.*;
import javax.security.auth.callback.*;
import javax.xml.namespace.QName;
import javax.xml.transform.*;
import javax.xml.transform.stream.*;
import javax.xml.ws.*;
import javax.xml.ws.soap.*;
import org.apache.cxf.*;
import org.apache.cxf.helpers.DOMUtils;
import org.apache.cxf.staxutils.StaxUtils;
import org.apache.cxf.ws.policy.WSPolicyFeature;
import org.apache.cxf.ws.security.SecurityConstants;
import org.apache.cxf.ws.security.tokenstore.SecurityToken;
import org.apache.cxf.ws.security.trust.STSClient;
import org.apache.wss4j.common.crypto.Merlin;
import org.apache.wss4j.common.ext.WSPasswordCallback;
import org.w3c.dom.*;

/**
 * Apache CXF as a peer. `call KEYS POLICY URL TIMES` calls a service under a policy, a secure conversation if it says so;
 * `token KEYS POLICY URL TYPE KEY-TYPE APPLIES-TO NAMESPACE` fetches a token from a token service.
 */
public final class CxfPeer {
  private static final String PASSWORD = "changeit";

  public static void main(String[] args) throws Exception {
    java.util.logging.LogManager.getLogManager().reset();
    Path keys = Path.of(args[1]);
    Element policy = StaxUtils.read(new StringReader(Files.readString(Path.of(args[2])))).getDocumentElement();
    try {
      if (args[0].equals("call")) call(keys, policy, args[3], Integer.parseInt(args[4]));
      else token(keys, policy, args);
    } catch (Exception failure) {
      StringBuilder reasons = new StringBuilder();
      for (Throwable each = failure; each != null; each = each.getCause()) reasons.append(" ").append(each);
      System.out.println("failed" + reasons.toString().replaceAll("[\\r\\n\\t]+", " "));
    }
    System.exit(0);
  }

  private static void call(Path keys, Element policy, String url, int times) throws Exception {
    QName name = new QName("urn:test", "Orders");
    Service service = Service.create(name);
    service.addPort(name, SOAPBinding.SOAP11HTTP_BINDING, url);
    WSPolicyFeature policies = new WSPolicyFeature();
    policies.setPolicyElements(List.of(policy));
    Dispatch<Source> dispatch = service.createDispatch(name, Source.class, Service.Mode.PAYLOAD, policies, new AddressingFeature());
    Map<String, Object> context = dispatch.getRequestContext();
    context.put(BindingProvider.SOAPACTION_USE_PROPERTY, true);
    context.put(BindingProvider.SOAPACTION_URI_PROPERTY, "urn:order");
    for (String suffix : List.of("", ".sct")) secure(context, keys, suffix);
    for (int i = 0; i < times; i++) {
      Source answer = dispatch.invoke(new StreamSource(new StringReader("<t:order xmlns:t=\"urn:test\">IBM " + i + "</t:order>")));
      StringWriter text = new StringWriter();
      TransformerFactory.newInstance().newTransformer().transform(answer, new StreamResult(text));
      System.out.println("answered " + text.toString().replaceAll("[\\r\\n]+", " "));
    }
  }

  private static void token(Path keys, Element policy, String[] args) throws Exception {
    STSClient client = new STSClient(BusFactory.getDefaultBus());
    client.setLocation(args[3]);
    client.setServiceName("{urn:test}Tokens");
    client.setEndpointName("{urn:test}TokensPort");
    client.setPolicy(policy);
    client.setTokenType(args[4]);
    client.setNamespace(args[7]);
    client.setKeyType(args[7] + args[5]);
    client.setAddressingNamespace("http://www.w3.org/2005/08/addressing");
    client.setEnableLifetime(true);
    client.setTtl(120);
    client.setKeySize(256);
    Map<String, Object> properties = new HashMap<>();
    secure(properties, keys, "");
    client.setProperties(properties);
    SecurityToken token = client.requestSecurityToken(args[6]);
    String secret = token.getSecret() == null ? "none" : Base64.getEncoder().encodeToString(token.getSecret());
    System.out.println("token " + token.getTokenType() + " " + secret + " " + StaxUtils.toString(token.getToken()).replaceAll("[\\r\\n]+", ""));
  }

  private static void secure(Map<String, Object> context, Path keys, String suffix) throws Exception {
    CallbackHandler passwords = callbacks -> {
      for (Callback callback : callbacks) ((WSPasswordCallback) callback).setPassword(PASSWORD);
    };
    context.put(SecurityConstants.CALLBACK_HANDLER + suffix, passwords);
    context.put(SecurityConstants.SIGNATURE_CRYPTO + suffix, crypto(keys));
    context.put(SecurityConstants.ENCRYPT_CRYPTO + suffix, crypto(keys));
    context.put(SecurityConstants.SIGNATURE_USERNAME + suffix, "client");
    context.put(SecurityConstants.ENCRYPT_USERNAME + suffix, "server");
    context.put(SecurityConstants.STS_TOKEN_CRYPTO + suffix, crypto(keys));
    context.put(SecurityConstants.STS_TOKEN_USERNAME + suffix, "client");
    context.put(SecurityConstants.STS_TOKEN_USE_CERT_FOR_KEYINFO + suffix, "true");
  }

  private static Merlin crypto(Path keys) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(keys.resolve("client.key"))));
    store.setKeyEntry("client", key, PASSWORD.toCharArray(), new java.security.cert.Certificate[] {certificate(keys, "client")});
    store.setCertificateEntry("server", certificate(keys, "server"));
    store.setCertificateEntry("ca", certificate(keys, "ca"));
    Merlin crypto = new Merlin();
    crypto.setKeyStore(store);
    return crypto;
  }

  private static X509Certificate certificate(Path keys, String alias) throws Exception {
    return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(Files.newInputStream(keys.resolve(alias + ".crt")));
  }
}
