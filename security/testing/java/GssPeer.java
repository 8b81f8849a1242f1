import java.nio.file.*;
import java.security.*;
import java.util.*;
import javax.security.auth.Subject;
import javax.security.auth.login.*;
import org.ietf.jgss.*;
import com.sun.security.jgss.*;

/** The GSS-API of the JDK as a peer: `initiate PRINCIPAL KEYTAB SERVICE` prints a token and its key, `accept SERVICE KEYTAB` reads a token in base64 from standard input and prints its client and key. */
public final class GssPeer {
  private static final String KERBEROS = "1.2.840.113554.1.2.2";

  public static void main(String[] args) throws Exception {
    boolean initiator = args[0].equals("initiate");
    Subject subject = login(args[1], args[2], initiator);
    Subject.doAs(subject, (PrivilegedExceptionAction<Void>) () -> {
      if (initiator) initiate(args[3]); else accept();
      return null;
    });
  }

  private static Subject login(String principal, String keytab, boolean initiator) throws LoginException {
    Map<String, String> options = new HashMap<>(Map.of("useKeyTab", "true", "keyTab", keytab, "principal", principal, "storeKey", "true", "doNotPrompt", "true", "isInitiator", String.valueOf(initiator)));
    Configuration configuration = new Configuration() {
      @Override public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
        return new AppConfigurationEntry[] {new AppConfigurationEntry("com.sun.security.auth.module.Krb5LoginModule", AppConfigurationEntry.LoginModuleControlFlag.REQUIRED, options)};
      }
    };
    LoginContext context = new LoginContext("peer", null, null, configuration);
    context.login();
    return context.getSubject();
  }

  private static void initiate(String service) throws Exception {
    GSSManager manager = GSSManager.getInstance();
    Oid mechanism = new Oid(KERBEROS);
    GSSName name = manager.createName(service, new Oid("1.2.840.113554.1.2.2.1"));
    GSSContext context = manager.createContext(name, mechanism, null, GSSContext.DEFAULT_LIFETIME);
    context.requestMutualAuth(false);
    context.requestCredDeleg(false);
    byte[] token = context.initSecContext(new byte[0], 0, 0);
    print(Base64.getEncoder().encodeToString(token), key(context));
  }

  private static void accept() throws Exception {
    byte[] token = Base64.getDecoder().decode(new String(System.in.readAllBytes()).trim());
    GSSContext context = GSSManager.getInstance().createContext((GSSCredential) null);
    context.acceptSecContext(token, 0, token.length);
    print(context.getSrcName().toString(), key(context));
  }

  private static String key(GSSContext context) throws Exception {
    Key key = (Key) ((ExtendedGSSContext) context).inquireSecContext(InquireType.KRB5_GET_SESSION_KEY_EX);
    return Base64.getEncoder().encodeToString(key.getEncoded());
  }

  private static void print(String first, String key) {
    System.out.println(first + " " + key);
  }
}
