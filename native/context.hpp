// One thread's matching: a batch of up to 512 posts at a time goes through
//   chunks → rows of chunks → rows of leaves → the queries whose anchors were met → pairs (post, watch).
// Several contexts may work on one index at the same time; a context belongs to one call at a time.
#pragma once
#include "places.hpp"
#include "rows.hpp"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace palabre {

// Arrow string columns: offsets (one more than posts) into bytes.
struct Texts {
  const int32_t* offsets;
  const uint8_t* bytes;
  std::string_view at(uint32_t post) const {
    return {reinterpret_cast<const char*>(bytes) + offsets[post], static_cast<size_t>(offsets[post + 1] - offsets[post])};
  }
};

struct Posts {
  uint32_t count;
  Texts parts[2];  // title, text
  const int32_t* fact_post;   // pairs (post, fact) that hold, by post
  const int32_t* fact;
  size_t facts;
};

class Context final : public Prover {
 public:
  explicit Context(Index& index) : index_(index), cache_(index), evaluate_(pick_evaluate()) {}

  std::vector<int32_t> out_post, out_watch;             // what matched, by post
  std::vector<int32_t> span_start, span_end, span_title;  // of explain(): characters
  std::vector<int64_t> span_of;                         // where the spans of each pair begin, and where all end

  void match(const Posts& posts) {
    out_post.clear();
    out_watch.clear();
    {
      const std::shared_lock<std::shared_mutex> reading(index_.lock);
      each_batch(posts, [&](uint32_t) { evaluate_touched(); });
    }
    if (!index_.wants_tuning()) return;
    const std::unique_lock<std::shared_mutex> writing(index_.lock);
    if (index_.wants_tuning()) index_.tune();
  }

  // The spans of pairs (post, watch) sorted by post; a pair that does not match has none.
  void explain(const Posts& posts, const int32_t* pair_post, const int32_t* pair_watch, size_t pairs) {
    const std::shared_lock<std::shared_mutex> reading(index_.lock);
    span_start.clear();
    span_end.clear();
    span_title.clear();
    span_of.assign(1, 0);
    size_t next = 0;
    each_batch(posts, [&](uint32_t first) {
      for (; next < pairs && static_cast<uint32_t>(pair_post[next]) < first + size_; ++next) {
        explain_one(index_.slot_of(pair_watch[next]), static_cast<uint32_t>(pair_post[next]) - first);
        span_of.push_back(static_cast<int64_t>(span_start.size()));
      }
    });
  }

  // Prover: where things stand in a post of the batch.
  bool stands(const int32_t* node, uint32_t post) override {
    return Placer(gather(post, false, needs_sentences(node))).proves(node);
  }
  bool spells(uint32_t leaf, uint32_t post) override {
    bool found = false;
    each_spelling(leaf, post, [&](Span, bool) { found = true; return false; });
    return found;
  }

 private:
  static constexpr uint32_t NEW_LINE = 0xFFFFFFFF;
  static constexpr size_t PROGRAMS_AHEAD = 12, ROWS_AHEAD = 6;  // on their way into the cache while others run
  static constexpr size_t BYTES_MAX = 4 << 20;  // of a batch, unless its first post is longer

  Index& index_;
  ChunkCache cache_;
  const Evaluate evaluate_;
  Posts posts_{};
  uint32_t first_ = 0, size_ = 0;        // the batch within the posts
  size_t fact_at_ = 0;
  uint32_t stamp_ = 0;                   // numbers the batches
  std::vector<uint8_t> buffer_;          // titles, then texts, a NUL after each, padding behind
  std::vector<uint32_t> part_end_;       // where each title, then each text ends in the buffer
  std::vector<uint32_t> starts_, ends_;  // of chunks
  std::vector<uint32_t> sequence_;       // pool places of the chunks, NEW_LINE between
  std::vector<uint32_t> sequence_of_;    // where each part begins in it, and its end
  std::vector<Row> chunk_rows_;
  std::vector<uint32_t> chunk_data_;     // of each chunk row
  uint32_t title_rows_ = 0;
  std::vector<Row> leaf_rows_ = std::vector<Row>(1);  // of the leaves met; the first is empty
  std::vector<uint32_t> row_of_;                      // by leaf, 0 for those not met
  std::vector<uint32_t> touched_;                     // leaves met; the rows are in their order
  std::vector<uint64_t> candidates_;     // bit set of query slots
  std::vector<uint32_t> slots_;          // the same, one by one
  std::vector<uint64_t> found_;          // post << 32 | query slot
  std::vector<PostPlaces> places_ = std::vector<PostPlaces>(BATCH);

  template <class Each>
  void each_batch(const Posts& posts, Each each) {
    posts_ = posts;
    fact_at_ = 0;
    if (row_of_.size() < index_.leaves().size()) row_of_.resize(index_.leaves().size());
    for (first_ = 0; first_ < posts.count; first_ += size_) {
      load();
      each(first_);
      for (const uint32_t leaf : touched_) row_of_[leaf] = 0;
      cache_.settle();
    }
  }

  // Everything up to the rows of leaves.
  void load() {
    next_stamp();
    copy_texts();
    find_chunks();
    mark_chunks();
    mark_leaves();
  }
  void next_stamp() {
    ++stamp_;
    touched_.clear();
  }

  void copy_texts() {
    size_ = 0;
    size_t bytes = 0;
    while (first_ + size_ < posts_.count && size_ < BATCH) {
      for (const Texts& part : posts_.parts) bytes += part.at(first_ + size_).size() + 1;
      if (size_ && bytes > BYTES_MAX) break;
      ++size_;
    }
    buffer_.clear();
    part_end_.clear();
    for (const Texts& part : posts_.parts) {
      for (uint32_t post = first_; post < first_ + size_; ++post) {
        const std::string_view text = part.at(post);
        buffer_.insert(buffer_.end(), text.begin(), text.end());
        part_end_.push_back(static_cast<uint32_t>(buffer_.size()));
        buffer_.push_back(0);
      }
    }
    buffer_.resize(buffer_.size() + 80);
  }

  // A bit for each of 64 bytes: it separates (<= 0x20 or 0x7F).
  static uint64_t separators(const uint8_t* at) {
    uint64_t bits = 0;
#if defined(__SSE2__)
    for (int n = 0; n < 4; ++n) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + 16 * n));
      const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x20)), bytes);
      const __m128i both = _mm_or_si128(low, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7F)));
      bits |= static_cast<uint64_t>(static_cast<uint32_t>(_mm_movemask_epi8(both))) << (16 * n);
    }
#else
    for (int n = 0; n < 64; ++n) bits |= static_cast<uint64_t>(at[n] <= 0x20 || at[n] == 0x7F) << n;
#endif
    return bits;
  }

  void find_chunks() {
    const size_t size = buffer_.size() - 80;
    starts_.resize(size / 2 + 2);
    ends_.resize(size / 2 + 2);
    uint32_t* start = starts_.data();
    uint32_t* end = ends_.data();
    uint64_t before = 1;  // was the last byte a separator?
    for (size_t at = 0; at < size; at += 64) {
      const uint64_t gaps = separators(buffer_.data() + at);
      const uint64_t shifted = gaps << 1 | before;
      before = gaps >> 63;
      for (uint64_t begin = ~gaps & shifted; begin; begin &= begin - 1) *start++ = static_cast<uint32_t>(at) + ctz(begin);
      for (uint64_t stop = gaps & ~shifted; stop; stop &= stop - 1) *end++ = static_cast<uint32_t>(at) + ctz(stop);
    }
    starts_.resize(static_cast<size_t>(end - ends_.data()));
  }
  static uint32_t ctz(uint64_t bits) { return static_cast<uint32_t>(__builtin_ctzll(bits)); }

  struct Waiting { ChunkKey key; uint64_t hash; };

  // Looks every chunk up, a few ahead in flight, and sets the bit of its post in the row of the chunk.
  void mark_chunks() {
    constexpr size_t AHEAD = 24;
    Waiting waiting[AHEAD];
    const size_t chunks = starts_.size();
    chunk_data_.clear();
    title_rows_ = 0;
    sequence_.clear();
    sequence_of_.assign(1, 0);
    sequence_.reserve(2 * chunks + 2 * BATCH);
    for (size_t n = 0; n < chunks && n < AHEAD; ++n) waiting[n] = announce(n);
    uint32_t last = 0;
    for (size_t n = 0; n < chunks; ++n) {
      const uint32_t start = starts_[n];
      const Waiting mine = waiting[n % AHEAD];
      if (n + AHEAD < chunks) waiting[n % AHEAD] = announce(n + AHEAD);
      while (start > part_end_[sequence_of_.size() - 1]) close_part();
      if (start - last != 1 || buffer_[last] < 0x20) note_lines(last, start);
      mark_chunk(n, mine);
      last = ends_[n];
    }
    while (sequence_of_.size() <= 2 * size_) close_part();
  }
  Waiting announce(size_t n) const {
    const ChunkKey key = cache_.key(buffer_.data() + starts_[n], ends_[n] - starts_[n]);
    const uint64_t hash = cache_.hash(key);
    cache_.prefetch(hash);
    return {key, hash};
  }
  void close_part() {
    sequence_of_.push_back(static_cast<uint32_t>(sequence_.size()));
    if (sequence_of_.size() == size_ + 1) title_rows_ = static_cast<uint32_t>(chunk_data_.size());
  }
  void note_lines(uint32_t from, uint32_t to) {
    for (uint32_t at = from; at < to; ++at)
      if (buffer_[at] == '\n' || buffer_[at] == '\r') {
        sequence_.push_back(NEW_LINE);
        return;
      }
  }
  void mark_chunk(size_t n, const Waiting& mine) {
    const uint8_t* at = buffer_.data() + starts_[n];
    ChunkCache::Slot& slot = cache_.find(at, ends_[n] - starts_[n], mine.key, mine.hash);
    sequence_.push_back(slot.data);
    if (!(slot.data & HAS_LEAVES)) return;
    const auto part = static_cast<uint32_t>(sequence_of_.size() - 1);
    const bool text = part >= size_;
    if (slot.stamp != 2 * stamp_ + text) {
      slot.stamp = 2 * stamp_ + text;
      slot.row = static_cast<uint32_t>(chunk_data_.size());
      chunk_data_.push_back(slot.data);
      if (chunk_rows_.size() < chunk_data_.size()) chunk_rows_.resize(2 * chunk_data_.size());
      chunk_rows_[slot.row] = Row{};
    }
    set_bit(chunk_rows_[slot.row], text ? part - size_ : part);
  }

  void mark_leaves() {
    const auto chunks = static_cast<uint32_t>(chunk_data_.size());
    for (uint32_t n = 0; n < chunks; ++n) {
      if (n + 12 < chunks) cache_.prefetch_view(chunk_data_[n + 12]);
      const ChunkView view = cache_.view(chunk_data_[n]);
      const uint32_t* leaf = view.leaves();
      const uint32_t any = view.at[ChunkView::ANY_COUNT], title = view.at[ChunkView::TITLE_COUNT];
      for (uint32_t k = 0; k < any; ++k) touch(leaf[k], chunk_rows_[n]);
      leaf += any;
      const bool in_text = n >= title_rows_;
      const uint32_t count = in_text ? view.at[ChunkView::TEXT_COUNT] : title;
      if (in_text) leaf += title;
      for (uint32_t k = 0; k < count; ++k) touch(leaf[k], chunk_rows_[n]);
    }
    mark_facts();
    for (const uint32_t leaf : index_.leaves().blind()) touch(leaf, full());
  }
  void touch(uint32_t leaf, const Row& row) {
    if (const uint32_t number = row_of_[leaf]) {
      Row& mine = leaf_rows_[number];
      for (uint32_t n = 0; n < ROW_WORDS; ++n) mine.words[n] |= row.words[n];
    } else {
      fresh_row(leaf) = row;
    }
  }
  void touch(uint32_t leaf, uint32_t post) {
    const uint32_t number = row_of_[leaf];
    set_bit(number ? leaf_rows_[number] : fresh_row(leaf) = Row{}, post);
  }
  Row& fresh_row(uint32_t leaf) {
    touched_.push_back(leaf);
    const auto number = static_cast<uint32_t>(touched_.size());
    if (leaf_rows_.size() <= number) leaf_rows_.resize(2 * number);
    row_of_[leaf] = number;
    return leaf_rows_[number];
  }
  Row full() const {
    Row row{};
    for (uint32_t post = 0; post < size_; ++post) set_bit(row, post);
    return row;
  }
  void mark_facts() {
    for (; fact_at_ < posts_.facts && static_cast<uint32_t>(posts_.fact_post[fact_at_]) < first_ + size_; ++fact_at_) {
      const int32_t leaf = index_.leaves().fact_leaf(static_cast<uint32_t>(posts_.fact[fact_at_]));
      if (leaf >= 0) touch(static_cast<uint32_t>(leaf), static_cast<uint32_t>(posts_.fact_post[fact_at_]) - first_);
    }
  }

  // Runs the queries that have an anchor in the batch, in the order they lie in memory.
  void evaluate_touched() {
    find_candidates();
    found_.clear();
    const Row all = full();
    for (size_t n = 0; n < slots_.size(); ++n) {
      if (n + PROGRAMS_AHEAD < slots_.size()) index_.prefetch_program(slots_[n + PROGRAMS_AHEAD]);
      if (n + ROWS_AHEAD < slots_.size()) prefetch_rows(slots_[n + ROWS_AHEAD]);
      evaluate_one(slots_[n], all);
    }
    emit();
    if (size_ == BATCH && stamp_ % 8 == 0) count_leaves();
  }
  // Of the leaves that a program begins with; its other numbers are taken for leaves too, which does no harm.
  void prefetch_rows(uint32_t slot) const {
    const int32_t* program = index_.opening(slot);
    if (!program) return;
    const auto leaves = static_cast<uint32_t>(row_of_.size());
    for (size_t n = 4; n < Index::OPENING; ++n) {
      const auto leaf = static_cast<uint32_t>(program[n]);
      if (leaf < leaves) __builtin_prefetch(&leaf_rows_[row_of_[leaf]]);
    }
  }
  void find_candidates() {
    candidates_.assign((index_.slots() + 63) / 64, 0);
    const auto want = [&](uint32_t slot) { candidates_[slot >> 6] |= 1ull << (slot & 63); };
    for (size_t n = 0; n < touched_.size(); ++n) {
      if (n + 16 < touched_.size()) index_.prefetch_anchors(touched_[n + 16]);
      if (n + 8 < touched_.size()) index_.prefetch_anchored(touched_[n + 8]);
      index_.each_anchored(touched_[n], want);
    }
    for (const uint32_t slot : index_.always()) want(slot);
    slots_.clear();
    for (uint32_t n = 0; n < candidates_.size(); ++n)
      for (uint64_t left = candidates_[n]; left; left &= left - 1) slots_.push_back(64 * n + ctz(left));
  }
  LeafRows leaf_rows() const { return {leaf_rows_.data(), row_of_.data()}; }
  void evaluate_one(uint32_t slot, const Row& all) {
    Row found;
    if (!evaluate_(index_.program(slot), leaf_rows(), all, found, *this)) return;
    each_bit(found, [&](uint32_t post) { found_.push_back(static_cast<uint64_t>(post) << 32 | slot); });
  }
  // By post, then by watch.
  void emit() {
    uint32_t at[BATCH + 1] = {};
    for (const uint64_t pair : found_) ++at[(pair >> 32) + 1];
    for (uint32_t n = 0; n < BATCH; ++n) at[n + 1] += at[n];
    const size_t base = out_post.size();
    out_post.resize(base + found_.size());
    out_watch.resize(base + found_.size());
    uint32_t first_of[BATCH + 1];
    std::copy(at, at + BATCH + 1, first_of);
    for (const uint64_t pair : found_) {
      const size_t place = base + at[pair >> 32]++;
      out_post[place] = static_cast<int32_t>(first_ + (pair >> 32));
      out_watch[place] = index_.watch(static_cast<uint32_t>(pair));
    }
    for (uint32_t n = 0; n < size_; ++n) {
      const auto from = out_watch.begin() + static_cast<ptrdiff_t>(base + first_of[n]);
      const auto to = out_watch.begin() + static_cast<ptrdiff_t>(base + first_of[n + 1]);
      if (!std::is_sorted(from, to)) std::sort(from, to);
    }
  }
  void count_leaves() {
    std::vector<uint32_t> posts;
    for (const uint32_t leaf : touched_) posts.push_back(count_bits(leaf_rows_[row_of_[leaf]]));
    index_.count(touched_, posts, size_);
  }

  // What stands in one post, found once a batch. all: with leaves no query needs the place of, and characters.
  const PostPlaces& gather(uint32_t post, bool all, bool sentences) {
    PostPlaces& places = places_[post];
    const uint32_t wanted = (all ? 1 : 0) | (sentences ? 2 : 0);
    if (places.stamp == stamp_ && (places.holds & wanted) == wanted) return places;
    places.holds = wanted | (places.stamp == stamp_ ? places.holds : 0);
    places.stamp = stamp_;
    places.found.clear();
    for (int side = 0; side < 2; ++side) gather_part(places, post, side);
    const auto by_token = [](const auto& a, const auto& b) { return a.second < b.second; };  // not so within a chunk
    if (!std::is_sorted(places.found.begin(), places.found.end(), by_token)) std::sort(places.found.begin(), places.found.end(), by_token);
    return places;
  }
  void gather_part(PostPlaces& places, uint32_t post, int side) {
    const uint32_t part = static_cast<uint32_t>(side) * size_ + post;
    const bool all = places.holds & 1, sentences = places.holds & 2;
    places.sentences[side].clear();
    places.spans[side].clear();
    uint32_t token = side ? PART_GAP : 0, sentence = 0;
    Characters characters{part_begin(part), part_end_[part]};
    for (uint32_t n = sequence_of_[part]; n < sequence_of_[part + 1]; ++n) {
      const uint32_t data = sequence_[n];
      if (data == NEW_LINE) {
        ++sentence;
        continue;
      }
      if ((data & DULL) && !all) {
        if (sentences) places.sentences[side].push_back(sentence);
        ++token;
        continue;
      }
      const ChunkView view = cache_.view(data);
      put_pairs(places, view, token, side);
      if (sentences) places.sentences[side].insert(places.sentences[side].end(), view.tokens(), sentence);
      if (all) put_spans(places, view, characters.next_chunk(buffer_.data(), view.length()), side);
      token += view.tokens();
      sentence += view.ends();
    }
  }
  static bool needs_sentences(const int32_t* node) {
    if (node[0] == SENTENCE) return true;
    if (node[0] != NEAR && node[0] != EITHER) return false;
    for (const int32_t *kid = node + (node[0] == NEAR ? 4 : 2), *end = node + node[1]; kid < end; kid += kid[1])
      if (needs_sentences(kid)) return true;
    return false;
  }
  uint32_t part_begin(uint32_t part) const { return part ? part_end_[part - 1] + 1 : 0; }

  // Walks the bytes of a part chunk by chunk and counts characters.
  struct Characters {
    uint32_t at, end, count = 0;
    Characters(uint32_t from, uint32_t to) : at(from), end(to) {}
    // Characters before the next chunk, which has so many; then goes past it.
    uint32_t next_chunk(const uint8_t* bytes, uint32_t length) {
      for (; bytes[at] <= 0x20 || bytes[at] == 0x7F; ++at) ++count;
      const uint32_t before = count;
      while (bytes[at] > 0x20 && bytes[at] != 0x7F) ++at;
      count += length;
      return before;
    }
  };
  static void put_pairs(PostPlaces& places, const ChunkView& view, uint32_t token, int side) {
    const uint32_t* pair = view.pairs();
    for (uint32_t n = view.pair_count(places.holds & 1); n; --n, pair += 2) {
      const uint32_t part = pair[1] >> PART_SHIFT;
      if (part != ANYWHERE && part != (side ? IN_TEXT : IN_TITLE)) continue;
      places.found.emplace_back(pair[0], token + (pair[1] & ((1u << PART_SHIFT) - 1)));
    }
  }
  static void put_spans(PostPlaces& places, const ChunkView& view, uint32_t before, int side) {
    const uint32_t* place = view.places();
    for (uint32_t n = 0; n < view.tokens(); ++n, place += 2)
      places.spans[side].push_back({before + place[0], before + place[1]});
  }

  // Calls each(bytes of the part, is it the text?) for every place of a literal that is not inside a longer word,
  // until it says false.
  template <class Each>
  void each_spelling(uint32_t leaf, uint32_t post, Each each) const {
    const std::string& wanted = index_.leaves().term_of(leaf).spec.key;
    const uint8_t part = index_.leaves().leaf(leaf).part;
    for (int side = 0; side < 2; ++side) {
      if (part != ANYWHERE && part != (side ? IN_TEXT : IN_TITLE)) continue;
      const std::string_view text = posts_.parts[side].at(first_ + post);
      for (size_t at = text.find(wanted); at != std::string_view::npos; at = text.find(wanted, at + 1)) {
        const auto end = at + wanted.size();
        if (goes_on_before(text, at) || goes_on_behind(text, end)) continue;
        if (!each(Span{static_cast<uint32_t>(at), static_cast<uint32_t>(end)}, side == 1)) return;
      }
    }
  }
  // Does a word go on across an edge of a literal? Invisible characters beyond it are as if they were not there.
  bool goes_on_before(std::string_view text, size_t edge) const {
    if (!(flags_of(text, edge) & (WORD | MARK))) return false;
    uint32_t flags = IGNORE;
    while (edge && flags & IGNORE) flags = flags_of(text, edge = char_before(text, edge));
    return flags & (WORD | MARK);
  }
  bool goes_on_behind(std::string_view text, size_t edge) const {
    if (!(flags_of(text, char_before(text, edge)) & (WORD | MARK))) return false;
    while (edge < text.size() && flags_of(text, edge) & IGNORE) edge = char_behind(text, edge);
    return edge < text.size() && flags_of(text, edge) & (WORD | MARK);
  }
  static size_t char_before(std::string_view text, size_t at) {
    while (--at && (text[at] & 0xC0) == 0x80) {}
    return at;
  }
  static size_t char_behind(std::string_view text, size_t at) {
    while (++at < text.size() && (text[at] & 0xC0) == 0x80) {}
    return at;
  }
  uint32_t flags_of(std::string_view text, size_t at) const {
    auto byte = reinterpret_cast<const uint8_t*>(text.data()) + at;
    return index_.table().flags(decode(byte, reinterpret_cast<const uint8_t*>(text.data()) + text.size()));
  }

  struct Proof { bool text; uint32_t start, end; };
  std::vector<Proof> proofs_;

  void explain_one(uint32_t slot, uint32_t post) {
    proofs_.clear();
    if (slot == NO_SLOT) return;
    const int32_t* program = index_.program(slot);
    if (!holds(program, post)) return;
    explain_node(program, post);
    write_spans();
  }
  bool holds(const int32_t* node, uint32_t post) {
    Row only{}, found;
    set_bit(only, post);
    return evaluate_(node, leaf_rows(), only, found, *this);
  }
  // The spans of a node that holds. Alternatives that do not hold, and what is under NOT, prove nothing.
  void explain_node(const int32_t* node, uint32_t post) {
    const int32_t* end = node + node[1];
    switch (node[0]) {
      case LEAF: case ANY:
        for (const int32_t* leaf = node + 2; leaf < end; ++leaf) explain_leaf(static_cast<uint32_t>(*leaf), post);
        return;
      case LITERAL: explain_literal(static_cast<uint32_t>(node[2]), post); return;
      case ALL: case SOME: case COUNT:
        for (const int32_t* kid = node + 2 + (node[0] == COUNT); kid < end; kid += kid[1])
          if (holds(kid, post)) explain_node(kid, post);
        return;
      case PROOF: {
        std::vector<Span> runs;
        const int32_t* plain = node + 2;
        const PostPlaces& places = gather(post, true, needs_sentences(plain + plain[1]));
        Placer(places).explain(plain + plain[1], runs);
        for (const Span& run : runs) put_run(places, run.start, run.end);
        return;
      }
      default: return;
    }
  }
  void explain_leaf(uint32_t leaf, uint32_t post) {
    const PostPlaces& places = gather(post, true, false);
    for (const auto& one : places.found)
      if (one.first == leaf) put_run(places, one.second, one.second);
  }
  void put_run(const PostPlaces& places, uint32_t first, uint32_t last) {
    const int side = side_of(first);
    const std::vector<Span>& spans = places.spans[side];
    proofs_.push_back({side == 1, spans[first & ~PART_GAP].start, spans[last & ~PART_GAP].end});
  }
  void explain_literal(uint32_t leaf, uint32_t post) {
    each_spelling(leaf, post, [&](Span bytes, bool text) {
      const std::string_view whole = posts_.parts[text].at(first_ + post);
      proofs_.push_back({text, characters(whole, bytes.start), characters(whole, bytes.end)});
      return true;
    });
  }
  static uint32_t characters(std::string_view text, size_t bytes) {
    uint32_t count = 0;
    for (size_t n = 0; n < bytes; ++n) count += (text[n] & 0xC0) != 0x80;
    return count;
  }
  // Title first, in order, those that overlap as one.
  void write_spans() {
    std::sort(proofs_.begin(), proofs_.end(), [](const Proof& a, const Proof& b) {
      return std::make_pair(a.text, std::make_pair(a.start, a.end)) < std::make_pair(b.text, std::make_pair(b.start, b.end));
    });
    const size_t first = span_start.size();
    for (const Proof& proof : proofs_) {
      const bool goes_on = span_start.size() > first && span_title.back() == !proof.text && static_cast<int32_t>(proof.start) < span_end.back();
      if (goes_on) {
        span_end.back() = std::max(span_end.back(), static_cast<int32_t>(proof.end));
        continue;
      }
      span_start.push_back(static_cast<int32_t>(proof.start));
      span_end.push_back(static_cast<int32_t>(proof.end));
      span_title.push_back(!proof.text);
    }
  }
};

}  // namespace palabre
