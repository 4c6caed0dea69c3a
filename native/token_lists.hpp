// Which tokens stand where in many posts, sorted by key: the same as palabre/text/token_lists.py, which says what for.
#pragma once
#include <algorithm>
#include <numeric>

#include "tokens.hpp"
#include "string_map.hpp"

namespace palabre {

class TokenLists {
 public:
  explicit TokenLists(uint64_t seed) : tokeniser_(table_), seed_(seed), known_(seed), chunks_(seed) {}
  bool load_table(const uint8_t* bytes, size_t size) { return table_.load(bytes, size); }

  std::string keys;                   // end to end, in the order of their bytes
  std::vector<int32_t> key_offsets;   // one more than keys
  std::vector<int32_t> list_offsets;  // of each key's places, one more than keys
  std::vector<uint16_t> rows, places;

  void clear() {
    known_ = StringMap(seed_);
    chunks_ = StringMap(seed_);
    names_.clear();
    entries_.clear();
    spans_.clear();
    found_.clear();
    sentence_ = code(SENTENCE);
    long_ = code(LONG);
  }
  void add(uint32_t row, std::string_view title, std::string_view text) {
    row_ = row << 16;
    add_part(text, 0);
    add_part(title, TITLE);
  }
  void finish() {
    const size_t count = names_.size();
    std::vector<uint32_t> order(count), rank(count);
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return names_[a] < names_[b]; });
    std::vector<int32_t> sizes(count, 0);
    for (const Found& one : found_) ++sizes[one.code];
    keys.clear();
    key_offsets.assign(1, 0);
    list_offsets.assign(1, 0);
    std::vector<int32_t> next(count);
    for (const uint32_t code : order) {
      if (!sizes[code]) continue;  // no post has a second sentence
      next[code] = list_offsets.back();
      list_offsets.push_back(list_offsets.back() + sizes[code]);
      keys += names_[code];
      key_offsets.push_back(static_cast<int32_t>(keys.size()));
    }
    rows.resize(found_.size());
    places.resize(found_.size());
    for (const Found& one : found_) {  // they came in the order of their rows and places
      const auto at = static_cast<size_t>(next[one.code]++);
      rows[at] = static_cast<uint16_t>(one.where >> 16);
      places[at] = static_cast<uint16_t>(one.where);
    }
  }

 private:
  static constexpr uint32_t TITLE = 1 << 15, TOKENS_MAX = 30000;
  static constexpr size_t LONG_CHUNK = 64;
  static inline const std::string LINK = "::", ALIKE = "~~", SERVED = "@@", FORM = "\x03", SENTENCE = "\x03\x03", LONG = "\x03\x04";
  struct Entry { uint32_t token, code; };                  // of a chunk: a key of its n-th token
  struct Span { uint32_t start, end, tokens; bool ends; };  // of entries_
  struct Found { uint32_t code, where; };
  UnicodeTable table_;
  Tokeniser tokeniser_;
  uint64_t seed_;
  StringMap known_, chunks_;
  std::vector<std::string> names_;
  std::vector<Entry> entries_;
  std::vector<Span> spans_;
  std::vector<Found> found_;
  uint32_t sentence_ = 0, long_ = 0, row_ = 0;

  void add_part(std::string_view part, uint32_t first) {
    uint32_t place = 0;
    bool begins = false;
    size_t start = 0;
    for (size_t at = 0; at <= part.size(); ++at) {
      const auto byte = at < part.size() ? static_cast<uint8_t>(part[at]) : 0;
      if (byte > 0x20 && byte != 0x7F) continue;
      if (at > start) {
        const Span span = chunk(part.substr(start, at - start));
        if (span.tokens && begins && place) put(sentence_, first + place);
        for (uint32_t n = span.start; n < span.end; ++n) put(entries_[n].code, first + std::min(place + entries_[n].token, TOKENS_MAX));
        begins = (begins && !span.tokens) || span.ends;
        place = std::min(place + span.tokens, TOKENS_MAX);
      }
      begins |= byte == '\n' || byte == '\r';
      start = at + 1;
    }
    if (place == TOKENS_MAX) put(long_, first);
  }
  void put(uint32_t code, uint32_t place) { found_.push_back({code, row_ | place}); }

  Span chunk(std::string_view bytes) {
    const int64_t number = bytes.size() > LONG_CHUNK ? -1 : chunks_.find(bytes);
    if (number >= 0) return spans_[static_cast<size_t>(number)];
    const Cut cut = tokeniser_.cut(bytes);
    Span span{static_cast<uint32_t>(entries_.size()), 0, static_cast<uint32_t>(cut.tokens.size()), cut.ends};
    for (uint32_t n = 0; n < cut.tokens.size(); ++n) write(cut.tokens[n], n);
    span.end = static_cast<uint32_t>(entries_.size());
    if (bytes.size() <= LONG_CHUNK) {
      chunks_.put(bytes, static_cast<uint32_t>(spans_.size()));
      spans_.push_back(span);
    }
    return span;
  }
  void write(const Token& token, uint32_t n) {
    if (token.keys.folded.empty()) return entries_.push_back({n, code(LINK)});
    write_key(token, token.keys.folded, token.keys, n);
    if (!token.keys.alike.empty()) {
      write_key(token, token.keys.alike, token.keys, n);
      entries_.push_back({n, code(ALIKE)});
    }
    if (!token.whole.folded.empty()) {
      write_key(token, token.whole.folded, token.whole, n);
      entries_.push_back({n, code(SERVED)});
    }
  }
  // A key, and the form the token was written in where it is not the key itself.
  void write_key(const Token& token, const std::string& folded, const Keys& keys, uint32_t n) {
    entries_.push_back({n, code(folded)});
    const bool named = token.kind == Kind::HASHTAG || token.kind == Kind::HANDLE;
    if (!named && keys.exact == folded && keys.accented == folded) return;
    const char* kind = token.kind == Kind::HASHTAG ? "#" : token.kind == Kind::HANDLE ? "@" : "w";
    entries_.push_back({n, code(FORM + folded + FORM + kind + keys.accented + FORM + keys.exact)});
  }
  uint32_t code(const std::string& key) {
    const int64_t number = known_.find(key);
    if (number >= 0) return static_cast<uint32_t>(number);
    known_.put(key, static_cast<uint32_t>(names_.size()));
    names_.push_back(key);
    return static_cast<uint32_t>(names_.size() - 1);
  }
};

}  // namespace palabre
