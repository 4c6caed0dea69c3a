// Tokens as src/palabre/read/entity_tokens.py cuts them: runs of letters and digits, runs of signs, no addresses. And the
// fingerprints of posts, as src/palabre/read/fingerprint.py reckons them.
#pragma once
#include "read_common.hpp"

namespace palabre {
namespace reading {

enum TokenKind : uint8_t { BLANK, WORD_TOKEN, SIGN_TOKEN, MARK_TOKEN };  // a mark is @ or #

struct Token {
  int32_t start, end;  // in the characters of its text
  TokenKind kind;
};

inline uint32_t known_point(uint32_t point) { return point < PLANES ? point : PLANES - 1; }

// Whether http or www. stands there, in small letters.
inline bool address_at(const uint32_t* text, int64_t at, int64_t size) {
  if (at + 4 > size) return false;
  const uint32_t* four = text + at;
  return (four[0] == 'h' && four[1] == 't' && four[2] == 't' && four[3] == 'p') ||
         (four[0] == 'w' && four[1] == 'w' && four[2] == 'w' && four[3] == '.');
}

// The tokens of one text. classes (PLANES): a TokenKind for each code point.
inline void cut_tokens(const uint32_t* text, int64_t size, const uint8_t* classes, std::vector<Token>& out) {
  out.clear();
  uint8_t before = BLANK;
  bool address = false;
  for (int64_t at = 0; at <= size; ++at) {
    uint8_t kind = at < size ? classes[known_point(text[at])] : static_cast<uint8_t>(BLANK);
    if (kind == BLANK) {
      address = false;
    } else {
      address = address || ((text[at] == 'h' || text[at] == 'w') && address_at(text, at, size));
      if (address) kind = BLANK;
    }
    if (kind != before) {
      if (before != BLANK) out.back().end = static_cast<int32_t>(at);
      if (kind != BLANK) out.push_back({static_cast<int32_t>(at), 0, static_cast<TokenKind>(kind)});
      before = kind;
    }
  }
}

// 1 for a token glued to an @ before it, 2 for #, 0 else.
inline int marked(const uint32_t* text, const std::vector<Token>& tokens, size_t at) {
  if (!at || tokens[at - 1].kind != MARK_TOKEN || tokens[at - 1].end != tokens[at].start) return 0;
  return text[tokens[at - 1].start] == '@' ? 1 : 2;
}

constexpr int64_t FINGERPRINT_WORDS = 5;  // fewer are nobody's copy

class Fingerprints {
 public:
  // folded (PLANES): each code point in small letters without accents.
  Fingerprints(const uint8_t* classes, const uint32_t* folded) : classes_(classes), folded_(folded) {}

  int64_t of(const uint32_t* text, int64_t size) {
    cut_tokens(text, size, classes_, tokens_);
    uint64_t total = 0, power = 1;
    int64_t words = 0;
    for (size_t at = 0; at < tokens_.size(); ++at) {
      if (!counts(text, at)) continue;
      power *= GOLDEN;
      total += word(text, tokens_[at]) * power;
      ++words;
    }
    if (words < FINGERPRINT_WORDS) return 0;
    const uint64_t said = mixed(total + static_cast<uint64_t>(words));
    return static_cast<int64_t>(said ? said : 1);
  }

 private:
  uint32_t fold(uint32_t point) const { return folded_[known_point(point)]; }

  // Words that are neither handles nor the RT that begins a reshare.
  bool counts(const uint32_t* text, size_t at) const {
    const Token& token = tokens_[at];
    if (token.kind != WORD_TOKEN || marked(text, tokens_, at) == 1) return false;
    return at || token.end - token.start != 2 || fold(text[token.start]) != 'r' || fold(text[token.start + 1]) != 't';
  }

  uint64_t word(const uint32_t* text, const Token& token) const {
    uint64_t hash = 0, power = 1;
    for (int32_t at = token.start; at < token.end; ++at) {
      power *= GOLDEN;
      hash += (static_cast<uint64_t>(fold(text[at])) + 1) * power;
    }
    return mixed(hash);
  }

  const uint8_t* classes_;
  const uint32_t* folded_;
  std::vector<Token> tokens_;
};

}  // namespace reading
}  // namespace palabre
