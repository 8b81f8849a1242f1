import java.io.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.*;
import javax.security.auth.callback.*;
import javax.xml.parsers.*;
import javax.xml.transform.*;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.wss4j.common.WSEncryptionPart;
import org.apache.wss4j.common.crypto.*;
import org.apache.wss4j.common.derivedKey.ConversationConstants;
import org.apache.wss4j.common.ext.*;
import org.apache.wss4j.common.saml.*;
import org.apache.wss4j.common.saml.bean.*;
import org.apache.wss4j.common.saml.builder.*;
import org.apache.wss4j.dom.WSConstants;
import org.apache.wss4j.dom.engine.*;
import org.apache.wss4j.dom.handler.*;
import org.apache.wss4j.dom.message.*;
import org.apache.wss4j.dom.saml.WSSecSignatureSAML;
import org.opensaml.core.xml.config.XMLObjectProviderRegistrySupport;
import org.opensaml.saml.saml2.core.EncryptedAssertion;
import org.opensaml.saml.saml2.encryption.Encrypter;
import org.opensaml.security.credential.CredentialSupport;
import org.opensaml.security.x509.BasicX509Credential;
import org.opensaml.xmlsec.encryption.support.DataEncryptionParameters;
import org.opensaml.xmlsec.encryption.support.KeyEncryptionParameters;
import org.opensaml.xmlsec.keyinfo.impl.X509KeyInfoGeneratorFactory;
import org.w3c.dom.*;

/**
 * WSS4J 2 with OpenSAML as a peer. The argument is a folder with ALIAS.key (PKCS#8) and ALIAS.crt (DER). Each line of standard
 * input is a command, `make NAME OPTION=VALUE…` writes NAME.xml, `read NAME OPTION=VALUE…` judges it; each is answered by a line.
 */
public final class TokenPeer {
  private static final String ENVELOPE = "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Header/><soap:Body><t:order xmlns:t=\"urn:test\">IBM</t:order></soap:Body></soap:Envelope>";
  private static final String PASSWORD = "changeit";
  private final Path folder;
  private final Map<String, Merlin> cryptos = new HashMap<>();

  private TokenPeer(Path folder) {
    this.folder = folder;
  }

  public static void main(String[] args) throws Exception {
    WSSConfig.init();
    TokenPeer peer = new TokenPeer(Path.of(args[0]));
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      Map<String, String> options = new HashMap<>();
      for (int i = 2; i < words.length; i++) options.put(words[i].substring(0, words[i].indexOf('=')), words[i].substring(words[i].indexOf('=') + 1));
      try {
        System.out.println(words[0].equals("make") ? peer.make(words[1], options) : peer.read(words[1], options));
      } catch (Exception failure) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        System.out.println("failed " + (options.containsKey("trace") ? trace.toString() : String.valueOf(failure)).replaceAll("[\\r\\n]+", " "));
      }
    }
  }

  private String make(String name, Map<String, String> options) throws Exception {
    Document document = parse(ENVELOPE);
    WSSecHeader header = new WSSecHeader(document);
    header.insertSecurityHeader();
    String kind = options.get("kind");
    if (kind.equals("sct")) context(document, header, options);
    else saml(document, header, options, kind);
    WSSecTimestamp timestamp = new WSSecTimestamp(header);
    timestamp.setTimeToLive(300);
    timestamp.build();
    try (Writer out = Files.newBufferedWriter(folder.resolve(name + ".xml"))) {
      Transformer printer = TransformerFactory.newInstance().newTransformer();
      printer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
      printer.transform(new DOMSource(document), new StreamResult(out));
    }
    return "made " + name;
  }

  private void context(Document document, WSSecHeader header, Map<String, String> options) throws Exception {
    int version = options.get("version").equals("2005/02") ? ConversationConstants.VERSION_05_02 : ConversationConstants.VERSION_05_12;
    byte[] secret = Base64.getDecoder().decode(options.get("secret"));
    WSSecSecurityContextToken token = new WSSecSecurityContextToken(header, null);
    token.setWscVersion(version);
    token.setIdentifier(options.get("identifier"));
    token.prepare(null);
    String type = version == ConversationConstants.VERSION_05_02 ? WSConstants.WSC_SCT : WSConstants.WSC_SCT_05_12;
    if (options.get("derived").equals("yes")) {
      WSSecDKSign sign = new WSSecDKSign(header);
      sign.setWscVersion(version);
      sign.setTokenIdentifier(token.getSctId());
      sign.setCustomValueType(type);
      sign.setSignatureAlgorithm(WSConstants.HMAC_SHA1);
      sign.build(secret);
    } else {
      WSSecSignature sign = new WSSecSignature(header);
      sign.setKeyIdentifierType(WSConstants.CUSTOM_SYMM_SIGNING);
      sign.setCustomTokenId(token.getSctId());
      sign.setCustomTokenValueType(type);
      sign.setSecretKey(secret);
      sign.setSignatureAlgorithm(WSConstants.HMAC_SHA1);
      sign.build(null);
    }
    token.prependSCTElementToHeader();
  }

  private void saml(Document document, WSSecHeader header, Map<String, String> options, String kind) throws Exception {
    boolean saml2 = options.get("version").equals("2.0");
    byte[] secret = new byte[32];
    SAMLCallback callback = describe(document, options, saml2, kind, secret);
    SamlAssertionWrapper assertion = new SamlAssertionWrapper(callback);
    boolean vouched = kind.equals("sender-vouches");
    if (!vouched) assertion.signAssertion("sts", PASSWORD, crypto("sts"), false);
    if (kind.equals("encrypted")) {
      header.getSecurityHeaderElement().appendChild(document.importNode(encrypted(assertion), true));
    } else if (kind.equals("bearer")) {
      new WSSecSAMLToken(header).build(assertion);
    } else if (kind.equals("holder-secret")) {
      new WSSecSAMLToken(header).build(assertion);
      WSSecSignature sign = new WSSecSignature(header);
      sign.setKeyIdentifierType(WSConstants.CUSTOM_KEY_IDENTIFIER);
      sign.setCustomTokenId(assertion.getId());
      sign.setCustomTokenValueType(saml2 ? WSConstants.WSS_SAML2_KI_VALUE_TYPE : WSConstants.WSS_SAML_KI_VALUE_TYPE);
      sign.setSecretKey(secret);
      sign.setSignatureAlgorithm(WSConstants.HMAC_SHA256);
      sign.build(null);
    } else {
      WSSecSignatureSAML sign = new WSSecSignatureSAML(header);
      sign.setUserInfo("client", PASSWORD);
      sign.setDigestAlgo(WSConstants.SHA256);
      sign.setSignatureAlgorithm(WSConstants.RSA_SHA256);
      sign.setKeyIdentifierType(WSConstants.BST_DIRECT_REFERENCE);
      if (options.containsKey("direct")) sign.setUseDirectReferenceToAssertion(true);
      if (vouched) sign.build(null, assertion, crypto("client"), "client", PASSWORD);
      else sign.build(crypto("client"), assertion, null, null, null);
    }
  }

  private Element encrypted(SamlAssertionWrapper assertion) throws Exception {
    Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder().newDocument();
    document.appendChild(assertion.toDOM(document));
    DataEncryptionParameters data = new DataEncryptionParameters();
    data.setAlgorithm("http://www.w3.org/2009/xmlenc11#aes256-gcm");
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    data.setEncryptionCredential(CredentialSupport.getSimpleCredential(new javax.crypto.spec.SecretKeySpec(secret, "AES")));
    KeyEncryptionParameters key = new KeyEncryptionParameters();
    X509KeyInfoGeneratorFactory generator = new X509KeyInfoGeneratorFactory();
    generator.setEmitEntityCertificate(true);
    key.setEncryptionCredential(new BasicX509Credential(certificate("server")));
    key.setAlgorithm(WSConstants.KEYTRANSPORT_RSAOAEP);
    key.setKeyInfoGenerator(generator.newInstance());
    Encrypter encrypter = new Encrypter(data, key);
    encrypter.setKeyPlacement(Encrypter.KeyPlacement.INLINE);
    return XMLObjectProviderRegistrySupport.getMarshallerFactory().getMarshaller(EncryptedAssertion.DEFAULT_ELEMENT_NAME).marshall(encrypter.encrypt(assertion.getSaml2()));
  }

  private SAMLCallback describe(Document document, Map<String, String> options, boolean saml2, String kind, byte[] secret) throws Exception {
    String stem = saml2 ? "urn:oasis:names:tc:SAML:2.0:cm:" : "urn:oasis:names:tc:SAML:1.0:cm:";
    String method = kind.startsWith("holder") ? "holder-of-key" : kind.equals("encrypted") ? "bearer" : kind;
    SubjectBean subject = new SubjectBean("alice", null, stem + method);
    if (kind.startsWith("holder")) subject.setKeyInfo(key(document, kind, secret));
    SAMLCallback callback = new SAMLCallback();
    callback.setSamlVersion(saml2 ? Version.SAML_20 : Version.SAML_11);
    callback.setIssuer("https://sts.example");
    callback.setSubject(subject);
    ConditionsBean conditions = new ConditionsBean();
    conditions.setTokenPeriodMinutes(5);
    AudienceRestrictionBean audience = new AudienceRestrictionBean();
    audience.setAudienceURIs(List.of("https://bus.example/services/Orders"));
    conditions.setAudienceRestrictions(List.of(audience));
    callback.setConditions(conditions);
    AttributeBean attribute = new AttributeBean();
    attribute.setSimpleName("role");
    attribute.setQualifiedName("http://claims/role");
    attribute.setAttributeValues(List.of("admin"));
    AttributeStatementBean statement = new AttributeStatementBean();
    statement.setSubject(subject);
    statement.setSamlAttributes(List.of(attribute));
    callback.setAttributeStatementData(List.of(statement));
    return callback;
  }

  private KeyInfoBean key(Document document, String kind, byte[] secret) throws Exception {
    KeyInfoBean bean = new KeyInfoBean();
    if (kind.equals("holder-secret")) {
      new SecureRandom().nextBytes(secret);
      WSSecEncryptedKey encrypted = new WSSecEncryptedKey(document);
      encrypted.setKeyIdentifierType(WSConstants.THUMBPRINT_IDENTIFIER);
      encrypted.setUserInfo("server");
      encrypted.setKeyEncAlgo(WSConstants.KEYTRANSPORT_RSAOAEP);
      encrypted.prepare(crypto("server"), new javax.crypto.spec.SecretKeySpec(secret, "AES"));
      Element keyInfo = document.createElementNS(WSConstants.SIG_NS, "ds:KeyInfo");
      keyInfo.appendChild(encrypted.getEncryptedKeyElement());
      bean.setElement(keyInfo);
    } else {
      bean.setCertificate(certificate("client"));
      bean.setCertIdentifer(kind.equals("holder-value") ? KeyInfoBean.CERT_IDENTIFIER.KEY_VALUE : KeyInfoBean.CERT_IDENTIFIER.X509_CERT);
    }
    return bean;
  }

  private String read(String name, Map<String, String> options) throws Exception {
    Document document = parse(Files.readString(folder.resolve(name + ".xml")));
    RequestData data = new RequestData();
    data.setWssConfig(WSSConfig.getNewInstance());
    data.setSigVerCrypto(crypto("server"));
    data.setDecCrypto(crypto("server"));
    data.setCallbackHandler(callbacks -> {
      for (Callback callback : callbacks) {
        WSPasswordCallback asked = (WSPasswordCallback) callback;
        if (options.containsKey("secret") && asked.getUsage() != WSPasswordCallback.DECRYPT) asked.setKey(Base64.getDecoder().decode(options.get("secret")));
        else asked.setPassword(PASSWORD);
      }
    });
    data.setValidateSamlSubjectConfirmation(true);
    data.setAudienceRestrictions(List.of("https://bus.example/services/Orders"));
    WSHandlerResult result = new WSSecurityEngine().processSecurityHeader(document, data);
    StringBuilder told = new StringBuilder("read");
    for (WSSecurityEngineResult each : result.getResults()) {
      told.append(" action=").append(each.get(WSSecurityEngineResult.TAG_ACTION));
      SamlAssertionWrapper assertion = (SamlAssertionWrapper) each.get(WSSecurityEngineResult.TAG_SAML_ASSERTION);
      if (assertion != null) told.append(" subject=").append(assertion.getSubjectName()).append(" issuer=").append(assertion.getIssuerString());
    }
    return told.toString();
  }

  /** A store with the key of one party, and the authority that everybody trusts. */
  private Merlin crypto(String alias) throws Exception {
    Merlin crypto = cryptos.get(alias);
    if (crypto != null) return crypto;
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(folder.resolve(alias + ".key"))));
    keys.setKeyEntry(alias, key, PASSWORD.toCharArray(), new java.security.cert.Certificate[] {certificate(alias)});
    keys.setCertificateEntry("ca", certificate("ca"));
    crypto = new Merlin();
    crypto.setKeyStore(keys);
    cryptos.put(alias, crypto);
    return crypto;
  }

  private X509Certificate certificate(String alias) throws Exception {
    return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(Files.newInputStream(folder.resolve(alias + ".crt")));
  }

  private static Document parse(String text) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    return factory.newDocumentBuilder().parse(new ByteArrayInputStream(text.getBytes("UTF-8")));
  }
}
