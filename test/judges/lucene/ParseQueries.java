import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.lucene.analysis.core.KeywordAnalyzer;
import org.apache.lucene.index.Term;
import org.apache.lucene.queryparser.classic.QueryParser;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.RegexpQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.WildcardQuery;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.ByteRunAutomaton;
import org.apache.lucene.util.automaton.Operations;
import org.apache.lucene.util.automaton.RegExp;
import org.apache.lucene.util.automaton.UTF32ToUTF8;

/**
 * Parses queries with Lucene's classic query parser. A line of standard input is a sign, + where terms may start with a wildcard, else -, and
 * the query's UTF-8 in base64. A line of standard output is a JSON object with microseconds, and either error or query (its start), clauses,
 * longestRegex and fields; the field "" is that of terms without one, and `_exists_:x` counts as a field x.
 */
final class ParseQueries {
  private static final int SHOWN = 400;

  public static void main(String[] arguments) throws IOException {
    // clauses are counted below, as the servers do when they run the query
    IndexSearcher.setMaxClauseCount(Integer.MAX_VALUE);
    PrintStream output = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    try (BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
      input.lines().parallel().map(ParseQueries::answer).forEachOrdered(output::println);
    }
    output.flush();
  }

  private static String answer(String line) {
    String text = new String(Base64.getDecoder().decode(line.substring(1)), StandardCharsets.UTF_8);
    long start = System.nanoTime();
    try {
      CompilingParser parser = new CompilingParser();
      parser.setAllowLeadingWildcard(line.charAt(0) == '+');
      Query query = parser.parse(text);
      long micros = (System.nanoTime() - start) / 1000;
      Census census = new Census();
      query.visit(census);
      String shown = query.toString();
      return "{\"micros\":" + micros + ",\"clauses\":" + census.clauses + ",\"longestRegex\":" + parser.longestRegex + ",\"fields\":"
          + list(census.fields) + ",\"query\":" + json(shown.length() > SHOWN ? shown.substring(0, SHOWN) : shown) + "}";
    } catch (Exception | StackOverflowError | OutOfMemoryError error) {
      return "{\"micros\":" + (System.nanoTime() - start) / 1000 + ",\"error\":" + json(error.getClass().getSimpleName() + ": " + error.getMessage()) + "}";
    }
  }

  /**
   * Compiles wildcards and regular expressions as they are parsed, within the servers' own limit of work. Many rules share them, so that each is
   * compiled once, and none is kept: a plain term takes its place.
   */
  private static final class CompilingParser extends QueryParser {
    private static final Set<String> COMPILED = ConcurrentHashMap.newKeySet();
    int longestRegex = 0;

    CompilingParser() {
      super("", new KeywordAnalyzer());
    }

    @Override
    protected Query newRegexpQuery(Term term) {
      longestRegex = Math.max(longestRegex, term.text().length());
      String key = "/" + term.text();
      if (!COMPILED.contains(key)) compile(new RegExp(term.text(), RegExp.ALL, 0).toAutomaton(RegexpQuery.DEFAULT_PROVIDER, getDeterminizeWorkLimit()));
      COMPILED.add(key);
      return new TermQuery(term);
    }

    @Override
    protected Query newWildcardQuery(Term term) {
      String key = "*" + term.text();
      if (!COMPILED.contains(key)) compile(WildcardQuery.toAutomaton(term));
      COMPILED.add(key);
      return new TermQuery(term);
    }

    /**
     * What CompiledAutomaton does for AutomatonQuery as far as it has limits: those of code points and of bytes. The common suffix and the table
     * of transitions, which have none and take a third of the time, only make a search faster.
     */
    private void compile(Automaton automaton) {
      if (Operations.isEmpty(automaton) || Operations.isTotal(automaton)) return;
      Automaton points = Operations.determinize(automaton, getDeterminizeWorkLimit());
      if (Operations.getSingleton(points) == null) Operations.determinize(new UTF32ToUTF8().convert(points), getDeterminizeWorkLimit());
    }
  }

  /** Counts clauses as IndexSearcher does before it runs a query. */
  private static final class Census extends QueryVisitor {
    final Set<String> fields = new TreeSet<>();
    int clauses = 0;

    @Override
    public QueryVisitor getSubVisitor(BooleanClause.Occur occur, Query parent) {
      return this;
    }

    @Override
    public void consumeTerms(Query query, Term... terms) {
      for (Term term : terms) {
        clauses++;
        fields.add(term.field().equals("_exists_") ? term.text() : term.field());
      }
    }

    @Override
    public void consumeTermsMatching(Query query, String field, Supplier<ByteRunAutomaton> automaton) {
      clauses++;
      fields.add(field);
    }

    @Override
    public void visitLeaf(Query query) {
      clauses++;
    }
  }

  private static String list(Set<String> texts) {
    StringBuilder list = new StringBuilder("[");
    for (String text : texts) {
      if (list.length() > 1) list.append(',');
      list.append(json(text));
    }
    return list.append(']').toString();
  }

  private static String json(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char unit : text.toCharArray()) {
      if (unit == '"' || unit == '\\') quoted.append('\\').append(unit);
      else if (unit < ' ' || unit > '~') quoted.append(String.format("\\u%04x", (int) unit));
      else quoted.append(unit);
    }
    return quoted.append('"').toString();
  }
}
