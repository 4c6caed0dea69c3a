// What a full-text index keeps of a post: the keys of its tokens, spaces between; the same for every chunk met again.
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
    std::vector<std::pair<size_t, size_t>>().swap(places_);
  }
  void add(std::string_view title, std::string_view text) {
    add_part(title);
    add_part(text);
    if (bytes.size() > static_cast<size_t>(offsets.back())) bytes.pop_back();  // the last space
    offsets.push_back(static_cast<int64_t>(bytes.size()));
  }

 private:
  static constexpr size_t POOL_MAX = 8 << 20, PLACES_MAX = 1 << 18, LONG = 64;
  Tokeniser tokeniser_;
  uint64_t seed_;
  StringMap known_;
  std::string pool_;
  std::vector<std::pair<size_t, size_t>> places_;

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
    if (chunk.size() > LONG) return write(chunk, bytes);
    int64_t number = known_.find(chunk);
    if (number < 0) {
      number = static_cast<int64_t>(places_.size());
      const size_t start = pool_.size();
      write(chunk, pool_);
      places_.emplace_back(start, pool_.size() - start);
      known_.put(chunk, static_cast<uint32_t>(number));
    }
    const auto& place = places_[static_cast<size_t>(number)];
    bytes.append(pool_, place.first, place.second);
  }
  void write(std::string_view chunk, std::string& out) {
    for (const Token& token : tokeniser_.cut(chunk).tokens) {
      if (token.kind == Kind::LINK) continue;
      put(token.keys.folded, out);
      put(token.keys.alike, out);
      put(token.whole.folded, out);
    }
  }
  static void put(const std::string& key, std::string& out) {
    if (!key.empty()) (out += key) += ' ';
  }
};

}  // namespace palabre
