// What a full-text index keeps of a post (layout: palabre/model.py, INDEX_PART); the same for every chunk met again.
#pragma once
#include "chunk_cache.hpp"

namespace palabre {

class IndexTexts {
 public:
  explicit IndexTexts(const Index& index) : tokeniser_(index.table()), seed_(index.seed()), known_(seed_) {}

  std::string bytes;               // of all posts, end to end
  std::vector<int64_t> offsets;    // one more than posts

  void clear() {
    bytes.clear();
    offsets.assign(1, 0);
    if (pool_.size() < POOL_MAX && places_.size() < PLACES_MAX) return;  // addresses fill places and no pool
    known_ = StringMap(seed_);
    std::string().swap(pool_);
    std::vector<Place>().swap(places_);
  }
  void add(std::string_view title, std::string_view text) {
    beside_.clear();
    alike_ = false;
    add_part(text);
    const size_t end = bytes.size();
    bytes += PART;
    const size_t start = bytes.size();
    add_part(title);
    if (bytes.size() == start && beside_.empty()) bytes.resize(end);
    if (!beside_.empty()) (bytes += PART) += alike_ ? ALIKE + beside_ : beside_;
    if (bytes.size() > static_cast<size_t>(offsets.back())) bytes.pop_back();  // the last space
    offsets.push_back(static_cast<int64_t>(bytes.size()));
  }

 private:
  static constexpr size_t POOL_MAX = 4 << 20, PLACES_MAX = 1 << 17, LONG = 64;
  static inline const std::string PART = "|| ", LINK = ":: ", ALIKE = "~~ ";
  struct Place { size_t start, end, beside; bool alike; };  // of the pool: keys in a row to end, then those beside
  Tokeniser tokeniser_;
  uint64_t seed_;
  StringMap known_;
  std::string pool_, beside_;  // beside_: second keys and whole handles of the post at hand
  bool alike_ = false;         // a second key of a look-alike spelling is among them
  std::vector<Place> places_;

  void add_part(std::string_view part) {
    size_t start = 0;
    for (size_t at = 0; at <= part.size(); ++at) {
      const auto byte = at < part.size() ? static_cast<uint8_t>(part[at]) : 0;
      if (byte > 0x20 && byte != 0x7F) continue;
      if (at > start) add_chunk(part.substr(start, at - start));
      start = at + 1;
    }
  }
  void add_chunk(std::string_view chunk) {
    if (chunk.size() > LONG) {
      alike_ |= write(chunk, bytes, beside_);
      return;
    }
    int64_t number = known_.find(chunk);
    if (number < 0) {
      number = static_cast<int64_t>(places_.size());
      std::string beside;
      const size_t start = pool_.size();
      const bool alike = write(chunk, pool_, beside);
      const size_t end = pool_.size();
      pool_ += beside;
      places_.push_back({start, end, pool_.size(), alike});
      known_.put(chunk, static_cast<uint32_t>(number));
    }
    const Place& place = places_[static_cast<size_t>(number)];
    bytes.append(pool_, place.start, place.end - place.start);
    beside_.append(pool_, place.end, place.beside - place.end);
    alike_ |= place.alike;
  }
  // One key a token, so that the n-th key is the n-th token; the others beside. Whether one is of a look-alike.
  bool write(std::string_view chunk, std::string& out, std::string& beside) {
    bool alike = false;
    for (const Token& token : tokeniser_.cut(chunk).tokens) {
      if (token.keys.folded.empty()) out += LINK;
      put(token.keys.folded, out);
      put(token.keys.alike, beside);
      put(token.whole.folded, beside);
      alike |= !token.keys.alike.empty();
    }
    return alike;
  }
  static void put(const std::string& key, std::string& out) {
    if (!key.empty()) (out += key) += ' ';
  }
};

}  // namespace palabre
