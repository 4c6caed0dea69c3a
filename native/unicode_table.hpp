// What the tokeniser knows of every character: the bytes of unicode.bin (format: native/make_unicode_table.py).
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <string>
#include <vector>

namespace palabre {

// The same numbers as `Is` in palabre/text/unicode_table.py.
enum Flag : uint32_t {
  WORD = 1, MARK = 2, IGNORE = 4, LETTER = 8, LATIN = 16, CJK = 32, EMOJI = 64, EMOJI_TEXT = 128, HASH = 256, AT = 512,
  SKIN = 1024, REGIONAL = 2048, ENDER = 4096, CLOSER = 8192, UNSTABLE = 16384, ORDINARY = 32768,
};

constexpr uint32_t LAST_CODE = 0x110000;
constexpr uint32_t HANGUL_FIRST = 0xAC00, HANGUL_LAST = 0xD7A3;

struct Character {
  uint32_t flags = 0;
  uint8_t order = 0;   // combining class
  uint8_t alike = 0;   // the Latin letter it looks like, or 0
  bool itself[3] = {false, false, false};
  std::string_view key[3];  // folded, accented, exact; UTF-8; unused where `itself`
};

class UnicodeTable {
 public:
  // False when the bytes are not a table of this version. The bytes are copied.
  bool load(const uint8_t* bytes, size_t size) {
    data_.assign(reinterpret_cast<const char*>(bytes), size);
    if (size < 28 || data_.compare(0, 4, "PALU") != 0 || number(4) != 1) return false;
    const uint32_t index = number(8), blocks = number(12), records = number(16), pairs = number(20), pool = number(24);
    index_at_ = 28;
    blocks_at_ = index_at_ + 2 * index;
    const size_t records_at = blocks_at_ + 2 * 128 * blocks, pairs_at = records_at + 20 * records;
    const size_t pool_at = pairs_at + 12 * pairs;
    for (uint32_t n = 0; n < records; ++n) records_.push_back(record(records_at + 20 * n, pool_at));
    for (uint32_t n = 0; n < pairs; ++n)
      composed_[pair(number(pairs_at + 12 * n), number(pairs_at + 12 * n + 4))] = number(pairs_at + 12 * n + 8);
    read_words(pool_at + pool + 4);
    return true;
  }

  const Character& at(uint32_t code) const {
    if (code >= LAST_CODE) return records_[0];
    return records_[half(blocks_at_ + 2 * (half(index_at_ + 2 * (code >> 7)) * 128 + (code & 127)))];
  }
  uint32_t flags(uint32_t code) const { return at(code).flags; }

  // The one character for a letter and its mark; 0 if there is none.
  uint32_t compose(uint32_t base, uint32_t mark) const {
    const auto found = composed_.find(pair(base, mark));
    return found == composed_.end() ? 0 : found->second;
  }
  bool is_abbreviation(const std::string& word) const { return abbreviations_.count(word) != 0; }

 private:
  std::string data_;
  size_t index_at_ = 0, blocks_at_ = 0;
  std::vector<Character> records_;
  std::unordered_map<uint64_t, uint32_t> composed_;
  std::unordered_set<std::string> abbreviations_;

  static uint64_t pair(uint64_t base, uint64_t mark) { return base << 32 | mark; }
  uint32_t number(size_t at) const { uint32_t n; std::memcpy(&n, data_.data() + at, 4); return n; }
  uint32_t half(size_t at) const { uint16_t n; std::memcpy(&n, data_.data() + at, 2); return n; }
  uint8_t byte(size_t at) const { return static_cast<uint8_t>(data_[at]); }

  Character record(size_t at, size_t pool_at) const {
    Character made;
    made.flags = half(at);
    made.order = byte(at + 2);
    made.alike = byte(at + 3);
    for (int n = 0; n < 3; ++n) {
      made.itself[n] = byte(at + 16 + n) == 255;
      if (!made.itself[n]) made.key[n] = std::string_view(data_).substr(pool_at + number(at + 4 + 4 * n), byte(at + 16 + n));
    }
    return made;
  }
  void read_words(size_t at) {
    for (size_t start = at; start < data_.size();) {
      size_t end = data_.find('\n', start);
      if (end == std::string::npos) end = data_.size();
      abbreviations_.insert(data_.substr(start, end - start));
      start = end + 1;
    }
  }
};

// UTF-8 in and out. Bytes that are no UTF-8 come out as U+FFFD, one a byte; nothing is read past `end`.
inline uint32_t decode(const uint8_t*& at, const uint8_t* end) {
  const uint8_t lead = *at++;
  if (lead < 0x80) return lead;
  const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  if (lead < 0xC2 || lead > 0xF4 || end - at < more) return 0xFFFD;
  uint32_t code = lead & (0x3F >> more);
  for (int n = 0; n < more; ++n) {
    if ((at[n] & 0xC0) != 0x80) return 0xFFFD;
    code = code << 6 | (at[n] & 0x3F);
  }
  at += more;
  return code;
}

inline void encode(uint32_t code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

inline void decode_all(std::string_view text, std::vector<uint32_t>& out) {
  auto at = reinterpret_cast<const uint8_t*>(text.data());
  const auto end = at + text.size();
  while (at < end) out.push_back(decode(at, end));
}

}  // namespace palabre
