// The keys a token is found by; the same rules as palabre/text/keys.py.
#pragma once
#include "unicode_table.hpp"

namespace palabre {

using Codes = std::vector<uint32_t>;
enum Level { FOLDED = 0, ACCENTED = 1, EXACT = 2 };

struct Keys {
  std::string folded, alike, accented, exact;  // alike: the second folded key, or ""
};

class KeyMaker {
 public:
  explicit KeyMaker(const UnicodeTable& table) : table_(table) {}

  // A run of word characters.
  Keys word(const uint32_t* at, const uint32_t* end) const {
    Keys keys;
    if (ascii(at, end)) return plain(at, end);
    Codes accented, exact;
    for (auto c = at; c < end; ++c) {
      append(*c, FOLDED, keys.folded);
      spread(*c, ACCENTED, accented);
      spread(*c, EXACT, exact);
    }
    keys.alike = skeleton(exact);
    if (keys.alike == keys.folded) keys.alike.clear();
    keys.accented = composed(accented);
    keys.exact = composed(exact);
    return keys;
  }

  Keys emoji(const uint32_t* at, const uint32_t* end) const {
    Keys keys;
    for (auto c = at; c < end; ++c) {
      if (*c == 0xFE0E || *c == 0xFE0F) continue;
      encode(*c, keys.exact);
      if (!(table_.flags(*c) & SKIN)) encode(*c, keys.folded);
    }
    if (keys.folded.empty()) keys.folded = keys.exact;
    keys.accented = keys.folded;
    return keys;
  }

  // A handle with its server: dots, hyphens and the @ between stay.
  Keys whole(const uint32_t* at, const uint32_t* end) const {
    Keys keys;
    auto start = at;
    for (auto c = at; c <= end; ++c) {
      const bool sign = c < end && (*c == '.' || *c == '-' || (table_.flags(*c) & AT));
      if (c < end && !sign) continue;
      const Keys label = word(start, c);
      const char* mark = c == end ? "" : *c == '.' ? "." : *c == '-' ? "-" : "@";
      keys.folded += label.folded + mark;
      keys.accented += label.accented + mark;
      keys.exact += label.exact + mark;
      start = c + 1;
    }
    return keys;
  }

  // The first label of a handle, which may hold hyphens.
  Keys local(const uint32_t* at, const uint32_t* end) const {
    for (auto c = at; c < end; ++c)
      if (*c == '-') return whole(at, end);
    return word(at, end);
  }

 private:
  const UnicodeTable& table_;

  static bool ascii(const uint32_t* at, const uint32_t* end) {
    uint32_t all = 0;
    for (auto c = at; c < end; ++c) all |= *c;
    return all < 0x80;
  }
  static Keys plain(const uint32_t* at, const uint32_t* end) {
    Keys keys;
    for (auto c = at; c < end; ++c) {
      keys.exact += static_cast<char>(*c);
      keys.folded += static_cast<char>(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    }
    keys.accented = keys.folded;
    return keys;
  }

  void append(uint32_t code, Level level, std::string& out) const {
    if (code >= HANGUL_FIRST && code <= HANGUL_LAST) {
      Codes letters;
      jamo(code, letters);
      for (uint32_t letter : letters) encode(letter, out);
      return;
    }
    const Character& known = table_.at(code);
    if (known.itself[level]) encode(code, out);
    else out += known.key[level];
  }
  void spread(uint32_t code, Level level, Codes& out) const {
    if (code >= HANGUL_FIRST && code <= HANGUL_LAST) return jamo(code, out);
    const Character& known = table_.at(code);
    if (known.itself[level]) out.push_back(code);
    else decode_all(known.key[level], out);
  }
  static void jamo(uint32_t code, Codes& out) {
    const uint32_t place = code - HANGUL_FIRST;
    out.push_back(0x1100 + place / 588);
    out.push_back(0x1161 + place % 588 / 28);
    if (place % 28) out.push_back(0x11A7 + place % 28);
  }

  std::string skeleton(const Codes& letters) const {
    bool any = false;
    for (uint32_t c : letters) {
      const Character& known = table_.at(c);
      if (!(known.flags & LETTER)) continue;
      if (known.alike) any = true;
      else if (!(known.flags & LATIN)) return "";
    }
    std::string out;
    if (!any) return out;
    for (uint32_t c : letters) {
      const uint8_t alike = table_.at(c).alike;
      if (alike) out += static_cast<char>(alike);
      else append(c, FOLDED, out);
    }
    return out;
  }

  // Each base letter with one mark at most, the one of the lowest combining class, as one character.
  std::string composed(const Codes& letters) const {
    std::string out;
    uint32_t base = 0, mark = 0;
    for (uint32_t c : letters) {
      const Character& known = table_.at(c);
      if (!(known.flags & ORDINARY)) {
        flush(base, mark, out);
        base = c;
        mark = 0;
      } else if (!mark || known.order < table_.at(mark).order) {
        mark = c;
      }
    }
    flush(base, mark, out);
    return out;
  }
  void flush(uint32_t base, uint32_t mark, std::string& out) const {
    if (!base) return;
    const uint32_t one = mark ? table_.compose(base, mark) : 0;
    encode(one ? one : base, out);
    if (mark && !one) encode(mark, out);
  }
};

}  // namespace palabre
