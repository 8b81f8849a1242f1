import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.wso2.balana.AbstractPolicy;
import org.wso2.balana.Balana;
import org.wso2.balana.PDP;
import org.wso2.balana.PDPConfig;
import org.wso2.balana.PolicySet;
import org.wso2.balana.ctx.AbstractRequestCtx;
import org.wso2.balana.ctx.EvaluationCtx;
import org.wso2.balana.ctx.RequestCtxFactory;
import org.wso2.balana.finder.PolicyFinder;
import org.wso2.balana.finder.PolicyFinderModule;
import org.wso2.balana.finder.PolicyFinderResult;
import org.xml.sax.InputSource;

/**
 * Decides what it is told to, for as long as it is told to: `objects|text MILLISECONDS`, answered by decisions per second of processor time (of the
 * deciding thread alone: what the JVM does beside it is not counted). */
public class BalanaBench {
  private static int permits;

  public static void main(String[] args) throws Exception {
    AbstractPolicy root = PolicySet.getInstance(parse(Files.readString(Path.of(args[0]))), null);
    PolicyFinder finder = new PolicyFinder();
    Set<PolicyFinderModule> modules = new HashSet<>();
    modules.add(new PolicyFinderModule() {
      @Override
      public void init(PolicyFinder unused) {}

      @Override
      public boolean isRequestSupported() {
        return true;
      }

      @Override
      public PolicyFinderResult findPolicy(EvaluationCtx context) {
        return new PolicyFinderResult(root);
      }
    });
    finder.setModules(modules);
    PDPConfig found = Balana.getInstance().getPdpConfig();
    PDP pdp = new PDP(new PDPConfig(found.getAttributeFinder(), finder, null, false));
    List<String> texts = Files.readAllLines(Path.of(args[1]));
    List<AbstractRequestCtx> parsed = new ArrayList<>();
    for (String text : texts) parsed.add(RequestCtxFactory.getFactory().getRequestCtx(text));
    System.out.println("ready");
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      System.out.println(measure(pdp, texts, parsed, words[0].equals("text"), Long.parseLong(words[1])));
    }
  }

  private static String measure(PDP pdp, List<String> texts, List<AbstractRequestCtx> parsed, boolean asText, long length) {
    long start = System.nanoTime();
    long end = start + length * 1_000_000;
    long used = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    long count = 0;
    permits = 0;
    while (System.nanoTime() < end) {
      for (int i = 0; i < texts.size(); i++) {
        boolean permit = asText
            ? pdp.evaluate(texts.get(i)).contains("<Decision>Permit")
            : pdp.evaluate(parsed.get(i)).getResults().iterator().next().getDecision() == 0;
        if (permit) permits++;
      }
      count += texts.size();
    }
    double seconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - used) / 1e9;
    return String.format(java.util.Locale.ROOT, "%.1f %.4f", count / seconds, (double) permits / count);
  }

  private static Element parse(String text) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    Document document = factory.newDocumentBuilder().parse(new InputSource(new StringReader(text)));
    return document.getDocumentElement();
  }
}
