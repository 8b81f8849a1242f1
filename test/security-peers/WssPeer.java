import com.sun.net.httpserver.HttpServer;
import java.io.*;
import java.net.*;
import java.net.http.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.*;
import javax.crypto.SecretKey;
import javax.security.auth.callback.*;
import javax.xml.parsers.*;
import javax.xml.transform.*;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.wss4j.common.WSEncryptionPart;
import org.apache.wss4j.common.crypto.Merlin;
import org.apache.wss4j.common.ext.WSPasswordCallback;
import org.apache.wss4j.common.util.KeyUtils;
import org.apache.wss4j.dom.WSConstants;
import org.apache.wss4j.dom.engine.*;
import org.apache.wss4j.dom.handler.*;
import org.apache.wss4j.dom.message.*;
import org.w3c.dom.*;

/**
 * WSS4J 2 as a peer of a running bus. `call FOLDER URL STEPS [FILE]` sends a quote request, or FILE as an MTOM part, and prints what came
 * back after verification; `serve FOLDER STEPS` answers verified requests with their own body, secured, and prints its port. FOLDER holds
 * NAME.key and NAME.crt in PEM; STEPS is some of ts,ut,sign,encrypt in the order of protection.
 */
public final class WssPeer {
  private static final String SOAP = "http://schemas.xmlsoap.org/soap/envelope/";
  private static final String XENC = "http://www.w3.org/2001/04/xmlenc#";
  private static final String XOP = "http://www.w3.org/2004/08/xop/include";
  private static final String PASSWORD = "changeit";
  private final Merlin crypto;
  private final String own;
  private final String other;

  private WssPeer(Path folder, String own, String other) throws Exception {
    this.own = own;
    this.other = other;
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(own, key(folder.resolve(own + ".key")), PASSWORD.toCharArray(), new java.security.cert.Certificate[] {certificate(folder.resolve(own + ".crt"))});
    store.setCertificateEntry(other, certificate(folder.resolve(other + ".crt")));
    crypto = new Merlin();
    crypto.setKeyStore(store);
    crypto.setTrustStore(store);
  }

  public static void main(String[] args) throws Exception {
    WSSConfig.init();
    Path folder = Path.of(args[1]);
    if (args[0].equals("serve")) new WssPeer(folder, "service", "client").serve(args[2]);
    else System.out.println(new WssPeer(folder, "client", "service").call(args[2], args[3], args.length > 4 ? Path.of(args[4]) : null));
  }

  private String call(String url, String steps, Path file) throws Exception {
    String body = file == null
        ? "<m:getQuote xmlns:m=\"http://services.samples\"><m:request><m:symbol>IBM</m:symbol></m:request></m:getQuote>"
        : "<m:uploadFileUsingMTOM xmlns:m=\"http://services.samples\"><m:request><m:image>" + Base64.getEncoder().encodeToString(Files.readAllBytes(file)) + "</m:image></m:request></m:uploadFileUsingMTOM>";
    Document request = parse(("<soapenv:Envelope xmlns:soapenv=\"" + SOAP + "\"><soapenv:Header/><soapenv:Body>" + body + "</soapenv:Body></soapenv:Envelope>").getBytes(StandardCharsets.UTF_8));
    secure(request, steps);
    HttpRequest.Builder http = HttpRequest.newBuilder(URI.create(url)).header("SOAPAction", file == null ? "\"urn:getQuote\"" : "\"urn:uploadFileUsingMTOM\"");
    if (file == null) http.header("Content-Type", "text/xml; charset=UTF-8").POST(HttpRequest.BodyPublishers.ofByteArray(print(request)));
    else mtom(http, request);
    HttpResponse<byte[]> response = HttpClient.newHttpClient().send(http.build(), HttpResponse.BodyHandlers.ofByteArray());
    Document answer = read(response.body(), response.headers().firstValue("Content-Type").orElse(""));
    if (response.statusCode() != 200) return response.statusCode() + " " + answer.getDocumentElement().getTextContent();
    String actions = verify(answer);
    if (file == null) return "200 " + actions + " " + answer.getElementsByTagNameNS("*", "Body").item(0).getTextContent();
    byte[] image = Base64.getMimeDecoder().decode(answer.getElementsByTagNameNS("*", "image").item(0).getTextContent().trim());
    return "200 " + actions + " " + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(image));
  }

  private void serve(String steps) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext("/", exchange -> {
      byte[] answer;
      int status = 200;
      try {
        Document document = read(exchange.getRequestBody().readAllBytes(), exchange.getRequestHeaders().getFirst("Content-Type"));
        System.err.println(verify(document));
        Node header = document.getElementsByTagNameNS(SOAP, "Header").item(0);
        header.getParentNode().removeChild(header);
        Element body = (Element) document.getElementsByTagNameNS(SOAP, "Body").item(0);
        while (body.getAttributes().getLength() > 0) body.removeAttributeNode((Attr) body.getAttributes().item(0));
        secure(document, steps);
        answer = print(document);
      } catch (Exception failure) {
        failure.printStackTrace();
        status = 500;
        answer = ("<s:Envelope xmlns:s=\"" + SOAP + "\"><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>" + failure.getMessage() + "</faultstring></s:Fault></s:Body></s:Envelope>").getBytes(StandardCharsets.UTF_8);
      }
      exchange.getResponseHeaders().set("Content-Type", "text/xml; charset=UTF-8");
      exchange.sendResponseHeaders(status, answer.length);
      try (OutputStream out = exchange.getResponseBody()) { out.write(answer); }
    });
    server.start();
    System.out.println(server.getAddress().getPort());
    System.in.read();
    server.stop(0);
  }

  private void secure(Document document, String steps) throws Exception {
    WSSecHeader header = new WSSecHeader(document);
    header.insertSecurityHeader();
    for (String step : steps.split(",")) {
      switch (step) {
        case "ts" -> new WSSecTimestamp(header).build();
        case "ut" -> {
          WSSecUsernameToken token = new WSSecUsernameToken(header);
          token.setPasswordType(WSConstants.PASSWORD_DIGEST);
          token.setUserInfo("alice", "wonderland");
          token.build();
        }
        case "sign" -> {
          WSSecSignature signature = new WSSecSignature(header);
          signature.setUserInfo(own, PASSWORD);
          signature.setKeyIdentifierType(own.equals("client") ? WSConstants.BST_DIRECT_REFERENCE : WSConstants.THUMBPRINT_IDENTIFIER);
          signature.setSignatureAlgorithm(WSConstants.RSA_SHA256);
          signature.setDigestAlgo(WSConstants.SHA256);
          signature.getParts().add(new WSEncryptionPart("Body", SOAP, "Content"));
          signature.getParts().add(new WSEncryptionPart("Timestamp", WSConstants.WSU_NS, "Content"));
          signature.build(crypto);
        }
        case "encrypt" -> {
          WSSecEncrypt encryption = new WSSecEncrypt(header);
          encryption.setUserInfo(other);
          encryption.setKeyIdentifierType(WSConstants.THUMBPRINT_IDENTIFIER);
          encryption.setSymmetricEncAlgorithm(WSConstants.AES_256);
          encryption.setKeyEncAlgo(WSConstants.KEYTRANSPORT_RSAOAEP);
          SecretKey secret = KeyUtils.getKeyGenerator(WSConstants.AES_256).generateKey();
          encryption.build(crypto, secret);
        }
        default -> throw new IllegalArgumentException(step);
      }
    }
  }

  /** What was verified, as WSS4J names it. */
  private String verify(Document document) throws Exception {
    RequestData data = new RequestData();
    data.setWssConfig(WSSConfig.getNewInstance());
    data.setSigVerCrypto(crypto);
    data.setDecCrypto(crypto);
    data.setCallbackHandler(callbacks -> { for (Callback each : callbacks) ((WSPasswordCallback) each).setPassword(PASSWORD); });
    WSHandlerResult result = new WSSecurityEngine().processSecurityHeader(document, data);
    List<String> found = new ArrayList<>();
    if (result != null)
      for (WSSecurityEngineResult each : result.getResults()) {
        int action = (Integer) each.get(WSSecurityEngineResult.TAG_ACTION);
        found.add(action == WSConstants.SIGN ? "signed" : action == WSConstants.ENCR ? "encrypted" : action == WSConstants.TS ? "timestamp" : "other");
      }
    Collections.sort(found);
    return String.join("+", found);
  }

  /** The image, or the ciphertext of the body, becomes a part, as OptimizeParts does it. */
  private static void mtom(HttpRequest.Builder http, Document document) throws Exception {
    Node body = document.getElementsByTagNameNS(SOAP, "Body").item(0);
    NodeList ciphers = ((Element) body).getElementsByTagNameNS(XENC, "CipherValue");
    Element place = (Element) (ciphers.getLength() > 0 ? ciphers.item(0) : document.getElementsByTagNameNS("*", "image").item(0));
    byte[] part = Base64.getMimeDecoder().decode(place.getTextContent());
    place.setTextContent("");
    Element include = document.createElementNS(XOP, "xop:Include");
    include.setAttribute("href", "cid:part@peer");
    place.appendChild(include);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write("--b\r\nContent-Type: application/xop+xml; charset=UTF-8; type=\"text/xml\"\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <root@peer>\r\n\r\n".getBytes());
    out.write(print(document));
    out.write("\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <part@peer>\r\n\r\n".getBytes());
    out.write(part);
    out.write("\r\n--b--\r\n".getBytes());
    http.header("Content-Type", "multipart/related; boundary=b; type=\"application/xop+xml\"; start=\"<root@peer>\"; start-info=\"text/xml\"").POST(HttpRequest.BodyPublishers.ofByteArray(out.toByteArray()));
  }

  /** A message with its parts put back as base64. */
  private static Document read(byte[] bytes, String type) throws Exception {
    if (!type.toLowerCase().startsWith("multipart/")) return parse(bytes);
    String boundary = "--" + type.replaceAll("(?is).*boundary=\"?([^\";]+)\"?.*", "$1");
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    Map<String, byte[]> parts = new HashMap<>();
    byte[] root = null;
    String[] pieces = text.split(java.util.regex.Pattern.quote(boundary));
    for (int i = 1; i < pieces.length; i++) {
      int end = pieces[i].indexOf("\r\n\r\n");
      if (end < 0) continue;
      String head = pieces[i].substring(0, end);
      byte[] content = pieces[i].substring(end + 4, pieces[i].length() - 2).getBytes(StandardCharsets.ISO_8859_1);
      if (root == null) root = content;
      parts.put(head.replaceAll("(?is).*Content-ID:\\s*<([^>]*)>.*", "$1"), content);
    }
    Document document = parse(root);
    NodeList includes = document.getElementsByTagNameNS(XOP, "Include");
    while (includes.getLength() > 0) {
      Element include = (Element) includes.item(0);
      String id = URLDecoder.decode(include.getAttribute("href").substring(4), StandardCharsets.UTF_8);
      include.getParentNode().setTextContent(Base64.getEncoder().encodeToString(parts.get(id)));
    }
    return document;
  }

  private static Document parse(byte[] bytes) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    return factory.newDocumentBuilder().parse(new ByteArrayInputStream(bytes));
  }

  private static byte[] print(Document document) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Transformer transformer = TransformerFactory.newInstance().newTransformer();
    transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
    transformer.transform(new DOMSource(document), new StreamResult(out));
    return out.toByteArray();
  }

  private static PrivateKey key(Path file) throws Exception {
    byte[] bytes = Base64.getMimeDecoder().decode(Files.readString(file).replaceAll("-----[^-]*-----", ""));
    return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(bytes));
  }

  private static X509Certificate certificate(Path file) throws Exception {
    try (InputStream in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }
}
