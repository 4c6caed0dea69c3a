import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.Term;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.MultiMatchingQueries;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.monitor.TermFilteredPresearcher;
import org.apache.lucene.monitor.TermWeightor;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.spans.SpanMultiTermQueryWrapper;
import org.apache.lucene.search.spans.SpanNearQuery;
import org.apache.lucene.search.spans.SpanOrQuery;
import org.apache.lucene.search.spans.SpanQuery;
import org.apache.lucene.search.spans.SpanTermQuery;

/**
 * Lucene Monitor on queries and posts from files: `MonitorPeer QUERIES POSTS SHARES BATCH`.
 *
 * <p>QUERIES: one a line, "+" or "-" (counted for agreement or not), then the tree in Polish notation, tab-separated.
 * POSTS: text, language, author. SHARES: word, posts that have it. Prints: CPU seconds of the second pass, posts,
 * matches, matches of the counted queries.
 */
public final class MonitorPeer {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final String[] parts;
  private int at = 1;

  private MonitorPeer(String line) {
    parts = line.split("\t");
  }

  private String next() {
    return parts[at++];
  }

  private static Term word(String key) {
    return new Term("text", key);
  }

  private Query query() {
    String kind = next();
    switch (kind) {
      case "T":
        return new TermQuery(word(next()));
      case "W":
        return new PrefixQuery(word(next()));
      case "F":
        return new TermQuery(new Term(next(), next()));
      case "P":
        PhraseQuery.Builder phrase = new PhraseQuery.Builder();
        for (int left = Integer.parseInt(next()); left > 0; left--) phrase.add(word(next()));
        return phrase.build();
      case "N":
        int words = Integer.parseInt(next());
        return new SpanNearQuery(new SpanQuery[] {span(), span()}, words, false);
      default:
        return joined(kind.equals("A") ? Occur.MUST : Occur.SHOULD);
    }
  }

  private Query joined(Occur occur) {
    BooleanQuery.Builder builder = new BooleanQuery.Builder();
    for (int left = Integer.parseInt(next()); left > 0; left--) {
      boolean not = parts[at].equals("!");
      if (not) at++;
      builder.add(query(), not ? Occur.MUST_NOT : occur);
    }
    return builder.build();
  }

  private SpanQuery span() {
    switch (next()) {
      case "T":
        return new SpanTermQuery(word(next()));
      case "W":
        return new SpanMultiTermQueryWrapper<>(new PrefixQuery(word(next())));
      default:
        SpanQuery[] all = new SpanQuery[Integer.parseInt(next())];
        for (int n = 0; n < all.length; n++) all[n] = span();
        return new SpanOrQuery(all);
    }
  }

  private static Document post(String line) {
    String[] cells = line.split("\t", -1);
    Document document = new Document();
    document.add(new TextField("text", cells[0], Field.Store.NO));
    document.add(new TextField("lang", cells[1], Field.Store.NO));
    document.add(new TextField("author", cells[2], Field.Store.NO));
    return document;
  }

  private static Map<String, Integer> shares(Path path) throws IOException {
    Map<String, Integer> found = new HashMap<>();
    for (String line : Files.readAllLines(path)) {
      String[] cells = line.split("\t");
      found.put(cells[0], Integer.parseInt(cells[1]));
    }
    return found;
  }

  /** Matches, and those of the counted queries, whose ids begin with "+". */
  private static long[] pass(Monitor monitor, List<Document> posts, int size) throws IOException {
    long[] found = new long[2];
    for (int from = 0; from < posts.size(); from += size) {
      List<Document> some = posts.subList(from, Math.min(from + size, posts.size()));
      if (size == 1) {
        count(monitor.match(some.get(0), QueryMatch.SIMPLE_MATCHER).getMatches(), found);
        continue;
      }
      MultiMatchingQueries<QueryMatch> all =
          monitor.match(some.toArray(new Document[0]), QueryMatch.SIMPLE_MATCHER);
      for (int n = 0; n < all.getBatchSize(); n++) count(all.getMatches(n), found);
    }
    return found;
  }

  private static void count(Iterable<QueryMatch> matches, long[] found) {
    for (QueryMatch match : matches) {
      found[0]++;
      if (match.getQueryId().charAt(0) == '+') found[1]++;
    }
  }

  public static void main(String[] arguments) throws IOException {
    List<String> lines = Files.readAllLines(Path.of(arguments[0]));
    List<Document> posts = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(arguments[1]))) posts.add(post(line));
    TermFilteredPresearcher rarest =
        new TermFilteredPresearcher(
            TermWeightor.combine(
                TermWeightor.termFreqWeightor(shares(Path.of(arguments[2])), posts.size() * 100.0, 1),
                TermWeightor.fieldWeightor(1e-9, "lang")),
            Collections.emptyList(),
            Collections.emptySet());
    int size = Integer.parseInt(arguments[3]);
    try (Monitor monitor = new Monitor(new WhitespaceAnalyzer(), rarest)) {
      List<MonitorQuery> queries = new ArrayList<>();
      for (int n = 0; n < lines.size(); n++) {
        queries.add(new MonitorQuery(lines.get(n).charAt(0) + String.valueOf(n), new MonitorPeer(lines.get(n)).query()));
      }
      monitor.register(queries);
      pass(monitor, posts, size);
      long start = THREADS.getCurrentThreadCpuTime();
      long[] found = pass(monitor, posts, size);
      double seconds = (THREADS.getCurrentThreadCpuTime() - start) / 1e9;
      System.out.println(seconds + " " + posts.size() + " " + found[0] + " " + found[1]);
    }
  }
}
