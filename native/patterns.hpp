// Wildcards and fuzzy words, and how near a key is to them; the same rules as `fits` and `near_enough` in Python.
#pragma once
#include <algorithm>
#include "keys.hpp"
#include "string_map.hpp"

namespace palabre {

inline size_t step(std::string_view text, size_t at) {  // past one character of UTF-8
  for (++at; at < text.size() && (text[at] & 0xC0) == 0x80; ++at) {}
  return at;
}

// `*`: any run of characters, `?`: one. The greedy walk: only the last star is ever tried again.
inline bool fits(std::string_view pattern, std::string_view value) {
  size_t at = 0, seen = 0, star = std::string_view::npos, mark = 0;
  while (seen < value.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      mark = seen;
    } else if (at < pattern.size() && pattern[at] == '?') {
      ++at;
      seen = step(value, seen);
    } else if (at < pattern.size() && pattern[at] == value[seen]) {
      ++at;
      ++seen;
    } else if (star != std::string_view::npos) {
      mark = step(value, mark);
      seen = mark;
      at = star + 1;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return !value.empty() && at == pattern.size();
}

// At most `edits` characters inserted, left out or replaced.
inline bool near_enough(const Codes& one, const Codes& other, uint32_t edits) {
  const size_t gap = one.size() > other.size() ? one.size() - other.size() : other.size() - one.size();
  if (gap > edits) return false;
  std::vector<uint32_t> row(other.size() + 1);
  for (size_t j = 0; j < row.size(); ++j) row[j] = static_cast<uint32_t>(j);
  for (size_t i = 1; i <= one.size(); ++i) {
    uint32_t before = row[0], best = row[0] = static_cast<uint32_t>(i);
    for (size_t j = 1; j <= other.size(); ++j) {
      const uint32_t replaced = before + (one[i - 1] != other[j - 1]);
      before = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
      best = std::min(best, row[j]);
    }
    if (best > edits) return false;
  }
  return row.back() <= edits;
}

// The wildcard and fuzzy terms of one kind and level, by what they begin or end with.
class Patterns {
 public:
  explicit Patterns(uint64_t seed) : heads_(seed), tails_(seed) {}
  bool empty() const { return count_ == 0; }

  void add(const std::string& key, uint32_t edits, uint32_t term) {
    ++count_;
    if (edits) {
      Codes codes;
      decode_all(key, codes);
      fuzzy_.push_back({codes, edits, term});
      return;
    }
    const size_t first = key.find_first_of("*?"), last = key.find_last_of("*?");
    if (first > 0) bucket(heads_, head_sizes_, key.substr(0, first)).push_back({key, term});
    else if (last + 1 < key.size()) bucket(tails_, tail_sizes_, key.substr(last + 1)).push_back({key, term});
    else infixes_.push_back({key, term});
  }

  void remove(uint32_t term) {
    const auto mine = [term](const auto& one) { return one.term == term; };
    size_t before = 0, after = 0;
    const auto sweep = [&](auto& list) {
      before += list.size();
      list.erase(std::remove_if(list.begin(), list.end(), mine), list.end());
      after += list.size();
    };
    sweep(fuzzy_);
    sweep(infixes_);
    for (auto& list : lists_) sweep(list);
    count_ -= before - after;
  }

  template <class Found>
  void find(std::string_view key, Found found) const {
    for (const uint32_t size : head_sizes_) {
      if (size > key.size()) break;
      try_bucket(heads_.find(key.substr(0, size)), key, found);
    }
    for (const uint32_t size : tail_sizes_) {
      if (size > key.size()) break;
      try_bucket(tails_.find(key.substr(key.size() - size)), key, found);
    }
    for (const Wild& one : infixes_)
      if (fits(one.key, key)) found(one.term);
    if (!fuzzy_.empty()) find_fuzzy(key, found);
  }

 private:
  struct Wild { std::string key; uint32_t term; };
  struct Fuzzy { Codes codes; uint32_t edits, term; };
  StringMap heads_, tails_;
  std::vector<uint32_t> head_sizes_, tail_sizes_;  // ascending
  std::vector<std::vector<Wild>> lists_;
  std::vector<Wild> infixes_;
  std::vector<Fuzzy> fuzzy_;
  size_t count_ = 0;

  std::vector<Wild>& bucket(StringMap& map, std::vector<uint32_t>& sizes, const std::string& text) {
    int64_t at = map.find(text);
    if (at < 0) {
      at = static_cast<int64_t>(lists_.size());
      lists_.emplace_back();
      map.put(text, static_cast<uint32_t>(at));
      const auto place = std::lower_bound(sizes.begin(), sizes.end(), text.size());
      if (place == sizes.end() || *place != text.size()) sizes.insert(place, static_cast<uint32_t>(text.size()));
    }
    return lists_[static_cast<size_t>(at)];
  }
  template <class Found>
  void try_bucket(int64_t at, std::string_view key, Found& found) const {
    if (at < 0) return;
    for (const Wild& one : lists_[static_cast<size_t>(at)])
      if (fits(one.key, key)) found(one.term);
  }
  template <class Found>
  void find_fuzzy(std::string_view key, Found& found) const {
    Codes codes;
    decode_all(key, codes);
    for (const Fuzzy& one : fuzzy_)
      if (near_enough(one.codes, codes, one.edits)) found(one.term);
  }
};

// Literals by the rarest-looking chunk of their text: which of them may stand in a chunk of a post.
class Pieces {
 public:
  bool empty() const { return count_ == 0; }

  void add(std::string_view piece, uint32_t term) {
    ++count_;
    lists_[key_of(piece)].push_back({std::string(piece), term});
    present_[key_of(piece) >> 3] |= static_cast<uint8_t>(1 << (key_of(piece) & 7));
  }
  void remove(std::string_view piece, uint32_t term) {
    auto& list = lists_[key_of(piece)];
    const size_t before = list.size();
    list.erase(std::remove_if(list.begin(), list.end(), [term](const Piece& one) { return one.term == term; }), list.end());
    count_ -= before - list.size();
  }
  template <class Found>
  void find(std::string_view chunk, Found found) const {
    for (size_t at = 0; at < chunk.size(); ++at) {
      const std::string_view rest = chunk.substr(at);
      try_key(key_of(rest.substr(0, 1)), rest, found);
      if (rest.size() > 1) try_key(key_of(rest), rest, found);
    }
  }

 private:
  struct Piece { std::string text; uint32_t term; };
  std::unordered_map<uint32_t, std::vector<Piece>> lists_;  // by the first two bytes
  std::vector<uint8_t> present_ = std::vector<uint8_t>(8192);
  size_t count_ = 0;

  static uint32_t key_of(std::string_view text) {
    const uint32_t first = static_cast<uint8_t>(text[0]);
    return text.size() > 1 ? first | static_cast<uint32_t>(static_cast<uint8_t>(text[1])) << 8 : first;
  }
  template <class Found>
  void try_key(uint32_t key, std::string_view rest, Found& found) const {
    if (!(present_[key >> 3] >> (key & 7) & 1)) return;
    const auto list = lists_.find(key);
    if (list == lists_.end()) return;
    for (const Piece& one : list->second)
      if (rest.substr(0, one.text.size()) == one.text) found(one.term);
  }
};

}  // namespace palabre
