// Cuts one chunk (a run of bytes without ASCII space) into tokens; the same rules as palabre/text/tokens.py.
#pragma once
#include "keys.hpp"

namespace palabre {

enum class Kind : uint8_t { WORD, HASHTAG, HANDLE, EMOJI, LINK };

struct Token {
  Kind kind;
  uint32_t start, end;  // code points of the chunk
  Keys keys;
  Keys whole;  // of a handle that has a server or a domain
};

struct Cut {
  std::vector<Token> tokens;
  uint32_t length = 0;    // code points
  bool ends = false;      // the sentence ends with it
};

class Tokeniser {
 public:
  explicit Tokeniser(const UnicodeTable& table) : table_(table), make_(table) {}

  Cut cut(std::string_view chunk) {
    text_.clear();
    decode_all(chunk, text_);
    size_ = text_.size();
    flags_.resize(size_);
    Cut out;
    out.length = static_cast<uint32_t>(size_);
    for (size_t n = 0; n < size_; ++n) flags_[n] = table_.flags(text_[n]);
    scan(out.tokens);
    out.ends = ends_sentence(out.tokens);
    return out;
  }

 private:
  const UnicodeTable& table_;
  KeyMaker make_;
  Codes text_;
  std::vector<uint32_t> flags_;
  size_t size_ = 0;

  struct Reach { size_t seen, end; };  // without and with the invisible characters behind

  uint32_t flag(size_t at) const { return at < size_ ? flags_[at] : 0; }
  uint32_t code(size_t at) const { return at < size_ ? text_[at] : 0; }
  const uint32_t* ptr(size_t at) const { return text_.data() + at; }

  void scan(std::vector<Token>& out) {
    bool glued = false;
    for (size_t at = 0; at < size_;) {
      const size_t before = out.size();
      const size_t next = begin(at, glued, out);
      if (next == 0) {
        glued = glued && (flags_[at] & (IGNORE | MARK));
        ++at;
        continue;
      }
      glued = out.size() == before || (out.back().kind != Kind::EMOJI && out.back().kind != Kind::LINK);
      at = next;
    }
  }

  // Puts the token that begins here, if any, and tells where to go on; 0: nothing begins here.
  size_t begin(size_t at, bool glued, std::vector<Token>& out) {
    const uint32_t flags = flags_[at];
    if (flags & (EMOJI | EMOJI_TEXT | REGIONAL)) {
      if (const size_t end = emoji_end(at)) {
        out.push_back({Kind::EMOJI, uint32_t(at), uint32_t(end), make_.emoji(ptr(at), ptr(end)), {}});
        return end;
      }
    }
    if ((flags & HASH) && !glued) return hashtag(at, out);
    if ((flags & AT) && !glued) return handle(at, out);
    if (!(flags & WORD) || (flags & MARK)) return 0;
    const uint32_t letter = text_[at] | 32;
    if (text_[at] < 0x80 && (letter == 'h' || letter == 'w')) {
      if (const size_t end = link_end(at)) {
        out.push_back({Kind::LINK, uint32_t(at), uint32_t(end), {}, {}});
        return end;
      }
    }
    const Reach reach = (flags & CJK) ? ideograph_end(at) : run_end(at, false);
    put(Kind::WORD, at, at, reach.seen, out);
    return reach.end;
  }

  void put(Kind kind, size_t start, size_t name, size_t end, std::vector<Token>& out) {
    Keys keys = make_.word(ptr(name), ptr(end));
    if (!keys.folded.empty()) out.push_back({kind, uint32_t(start), uint32_t(end), std::move(keys), {}});
  }

  Reach run_end(size_t at, bool ideographs) const {
    size_t seen = at;
    for (; at < size_; ++at) {
      const uint32_t flags = flags_[at];
      if (!(flags & (WORD | MARK | IGNORE)) || ((flags & CJK) && !ideographs)) break;
      if ((flags & EMOJI_TEXT) && emoji_end(at)) break;
      if (!(flags & IGNORE)) seen = at + 1;
    }
    return {seen, at};
  }
  Reach ideograph_end(size_t at) const {
    size_t seen = ++at;
    for (; flag(at) & (MARK | IGNORE); ++at)
      if (!(flags_[at] & IGNORE)) seen = at + 1;
    return {seen, at};
  }
  size_t named(size_t at) const {
    if (!(flag(at) & WORD) || (flag(at) & MARK)) return at;
    return run_end(at, true).seen;
  }

  size_t hashtag(size_t at, std::vector<Token>& out) {
    const size_t end = named(at + 1);
    if (end == at + 1) return 0;
    put(Kind::HASHTAG, at, at + 1, end, out);
    return end;
  }
  size_t handle(size_t at, std::vector<Token>& out) {
    const size_t plain = named(at + 1);
    if (plain == at + 1) return 0;
    const size_t local = label(at + 1), end = server(domain(local));
    if (end == local) {
      put(Kind::HANDLE, at, at + 1, plain, out);
      return plain;
    }
    out.push_back({Kind::HANDLE, uint32_t(at), uint32_t(end), make_.local(ptr(at + 1), ptr(local)),
                   make_.whole(ptr(at + 1), ptr(end))});
    return end;
  }
  size_t label(size_t at) const {
    size_t end = named(at);
    while (end > at && code(end) == '-') {
      const size_t after = named(end + 1);
      if (after == end + 1) break;
      end = after;
    }
    return end;
  }
  size_t domain(size_t end) const {
    while (code(end) == '.') {
      const size_t after = label(end + 1);
      if (after == end + 1) break;
      end = after;
    }
    return end;
  }
  size_t server(size_t end) const {
    if (!(flag(end) & AT)) return end;
    const size_t after = label(end + 1);
    return after > end + 1 ? domain(after) : end;
  }

  // Where the ASCII word, case aside, that begins here ends; 0 when it does not stand here.
  size_t after(size_t at, const char* word) const {
    for (; *word; ++word, ++at) {
      const uint32_t c = code(at);
      if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != static_cast<uint32_t>(*word)) return 0;
    }
    return at;
  }
  size_t link_end(size_t at) const {
    size_t end = after(at, "http://");
    if (!end) end = after(at, "https://");
    if (!end) end = after(at, "www.");
    if (!end || !(flag(end) & WORD)) return 0;
    while (end < size_ && in_link(end)) ++end;
    while (text_[end - 1] < 0x80 && std::strchr(".,;:!?'\")]}*_~", static_cast<int>(text_[end - 1]))) --end;
    return end;
  }
  bool in_link(size_t at) const {
    const uint32_t c = text_[at];
    if (c < 0x80) return c != '<' && c != '>' && c != '"';
    return (flags_[at] & (WORD | MARK)) && !(flags_[at] & CJK);
  }

  size_t emoji_end(size_t at) const {
    if (flags_[at] & REGIONAL) return at + 1 + ((flag(at + 1) & REGIONAL) != 0);
    if (text_[at] < 0x80) {
      const size_t end = at + 1 + (code(at + 1) == 0xFE0F);
      return code(end) == 0x20E3 ? end + 1 : 0;
    }
    if (!(flags_[at] & EMOJI) && code(at + 1) != 0xFE0F) return 0;
    size_t end = extended(at + 1);
    while (code(end) == 0x200D && code(end + 1) >= 0x80 && (flag(end + 1) & (EMOJI | EMOJI_TEXT))) end = extended(end + 2);
    return end;
  }
  size_t extended(size_t at) const {
    for (;; ++at) {
      const uint32_t c = code(at);
      const bool tag = c >= 0xE0020 && c <= 0xE007F;
      if (c != 0xFE0E && c != 0xFE0F && c != 0x20E3 && !tag && !(flag(at) & SKIN)) return at;
    }
  }

  bool ends_sentence(const std::vector<Token>& tokens) const {
    size_t end = size_;
    while (end && (flags_[end - 1] & (CLOSER | IGNORE))) --end;
    if (!end || !(flags_[end - 1] & ENDER)) return false;
    return !(text_[end - 1] == '.' && !tokens.empty() && tokens.back().end == end - 1 && is_short(tokens.back()));
  }
  bool is_short(const Token& token) const {
    if (token.kind != Kind::WORD) return false;
    size_t letters = 0;
    for (const char c : token.keys.folded) letters += (c & 0xC0) != 0x80;
    return letters == 1 || table_.is_abbreviation(token.keys.folded);
  }
};

}  // namespace palabre
