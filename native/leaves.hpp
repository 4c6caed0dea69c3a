// The leaves of all live queries: words, patterns, literals, facts. A leaf is a row of bits, one a post of the batch.
//
// A term is what a token is compared with; it has up to three leaves: anywhere, in the title, in the text.
#pragma once
#include <array>
#include "patterns.hpp"
#include "tokens.hpp"

namespace palabre {

enum LeafKind : uint8_t { IN_WORD = 0, IN_HASHTAG = 1, IN_HANDLE = 2, IN_EMOJI = 3, LITERAL_TEXT = 4, FACT = 5 };
enum Part : uint8_t { ANYWHERE = 0, IN_TITLE = 1, IN_TEXT = 2 };

struct LeafSpec {
  uint8_t kind, level, part, wild, edits;
  std::string key;  // of a fact: its number
};

struct Leaf {
  uint32_t term = 0;
  uint32_t uses = 0;
  uint8_t part = ANYWHERE;
  bool positional = false;   // some query needs to know where it stands
  float seen = -1;           // share of posts that have it, -1: not known yet
  uint32_t hits = 0;         // posts counted that had it
  uint64_t since = 0;        // how many had been counted when it came
};

struct Term {
  LeafSpec spec;
  std::array<int32_t, 3> leaf{-1, -1, -1};  // by Part
  std::string piece;                        // of a literal: the chunk it is found by
};

class Leaves {
 public:
  explicit Leaves(uint64_t seed) : others_(seed) {
    for (auto& kind : words_)
      for (auto& level : kind) level = StringMap(seed);
    for (int n = 0; n < 12; ++n) patterns_.emplace_back(seed);
  }

  uint64_t counted = 0;  // posts whose leaves were counted

  size_t size() const { return leaves_.size(); }
  const Leaf& leaf(uint32_t id) const { return leaves_[id]; }
  Leaf& leaf(uint32_t id) { return leaves_[id]; }
  const Term& term_of(uint32_t leaf) const { return terms_[leaves_[leaf].term]; }
  uint32_t generation() const { return generation_; }
  int32_t fact_leaf(uint32_t fact) const { return fact < facts_.size() ? facts_[fact] : -1; }
  // Leaves of literals that no chunk can announce (nothing but blanks): every post is a candidate.
  const std::vector<uint32_t>& blind() const { return blind_; }

  // The leaf of a spec, made if need be; chunks seen before are resolved again when it is new to them.
  uint32_t take(const LeafSpec& spec, bool positional) {
    const int64_t known = find_term(spec);
    const uint32_t term = known >= 0 ? static_cast<uint32_t>(known) : add_term(spec);
    int32_t& id = terms_[term].leaf[spec.part];
    if (id < 0) {
      id = static_cast<int32_t>(fresh());
      leaves_[id].term = term;
      leaves_[id].part = spec.part;
      if (spec.kind == FACT) set_fact(spec.key, id);
      ++generation_;
      if (spec.kind == LITERAL_TEXT && terms_[term].piece.empty()) blind_.push_back(static_cast<uint32_t>(id));
    }
    if (positional && !leaves_[id].positional) {
      leaves_[id].positional = true;
      ++generation_;
    }
    ++leaves_[id].uses;
    return static_cast<uint32_t>(id);
  }

  // The leaf of a spec; -1 if no query has it.
  int64_t find(const LeafSpec& spec) const {
    const int64_t term = find_term(spec);
    return term < 0 ? -1 : terms_[static_cast<size_t>(term)].leaf[spec.part];
  }

  void release(uint32_t id) {
    Leaf& leaf = leaves_[id];
    if (--leaf.uses) return;
    Term& term = terms_[leaf.term];
    term.leaf[leaf.part] = -1;
    if (term.spec.kind == FACT) facts_[std::stoul(term.spec.key)] = -1;
    blind_.erase(std::remove(blind_.begin(), blind_.end(), id), blind_.end());
    if (term.leaf[0] < 0 && term.leaf[1] < 0 && term.leaf[2] < 0) drop_term(leaf.term);
    free_leaves_.push_back(id);
  }

  // Calls found(term) for every term that a token fulfils; a term may come twice.
  template <class Found>
  void resolve(const Token& token, Found found) const {
    switch (token.kind) {
      case Kind::LINK: return;
      case Kind::EMOJI: return by_levels(IN_EMOJI, token.keys, found);
      case Kind::HASHTAG: by_levels(IN_HASHTAG, token.keys, found); break;
      case Kind::HANDLE:
        by_levels(IN_HANDLE, token.keys, found);
        if (!token.whole.folded.empty()) by_levels(IN_HANDLE, token.whole, found);
        break;
      case Kind::WORD: break;
    }
    by_levels(IN_WORD, token.keys, found);
  }
  template <class Found>
  void resolve_literals(std::string_view chunk, Found found) const {
    if (!pieces_.empty()) pieces_.find(chunk, found);
  }
  const Term& term(uint32_t id) const { return terms_[id]; }

 private:
  std::vector<Leaf> leaves_;
  std::vector<Term> terms_;
  std::vector<uint32_t> free_leaves_, free_terms_, blind_;
  std::vector<int32_t> facts_;  // leaf of a fact, or -1
  StringMap words_[4][3];
  size_t counts_[4][3] = {};
  std::vector<Patterns> patterns_;  // kind * 3 + level
  StringMap others_;  // patterns, literals and facts by name
  Pieces pieces_;
  uint32_t generation_ = 1;

  template <class Found>
  void by_levels(uint8_t kind, const Keys& keys, Found& found) const {
    look(kind, FOLDED, keys.folded, found);
    if (!keys.alike.empty()) look(kind, FOLDED, keys.alike, found);
    look(kind, ACCENTED, keys.accented, found);
    look(kind, EXACT, keys.exact, found);
  }
  template <class Found>
  void look(uint8_t kind, uint8_t level, const std::string& key, Found& found) const {
    if (counts_[kind][level]) {
      const int64_t term = words_[kind][level].find(key);
      if (term >= 0) found(static_cast<uint32_t>(term));
    }
    const Patterns& patterns = patterns_[kind * 3 + level];
    if (!patterns.empty()) patterns.find(key, found);
  }

  // Patterns, literals and facts are named by all that tells them apart.
  static std::string name(const LeafSpec& spec) {
    std::string made{static_cast<char>(spec.kind), static_cast<char>(spec.level), static_cast<char>(spec.wild),
                     static_cast<char>(spec.edits)};
    return made + spec.key;
  }
  static bool is_plain(const LeafSpec& spec) { return spec.kind <= IN_EMOJI && !spec.wild && !spec.edits; }

  int64_t find_term(const LeafSpec& spec) const {
    if (is_plain(spec)) return words_[spec.kind][spec.level].find(spec.key);
    return others_.find(name(spec));
  }
  uint32_t fresh() {
    uint32_t id = static_cast<uint32_t>(leaves_.size());
    if (free_leaves_.empty()) {
      leaves_.emplace_back();
    } else {
      id = free_leaves_.back();
      free_leaves_.pop_back();
      leaves_[id] = Leaf();
    }
    leaves_[id].since = counted;
    return id;
  }
  uint32_t add_term(const LeafSpec& spec) {
    uint32_t id = static_cast<uint32_t>(terms_.size());
    if (free_terms_.empty()) {
      terms_.emplace_back();
    } else {
      id = free_terms_.back();
      free_terms_.pop_back();
      terms_[id] = Term();
    }
    Term& term = terms_[id];
    term.spec = spec;
    if (is_plain(spec)) {
      words_[spec.kind][spec.level].put(spec.key, id);
      ++counts_[spec.kind][spec.level];
      return id;
    }
    others_.put(name(spec), id);
    if (spec.kind <= IN_EMOJI) patterns_[spec.kind * 3 + spec.level].add(spec.key, spec.edits, id);
    if (spec.kind == LITERAL_TEXT) {
      term.piece = longest_piece(spec.key);
      if (!term.piece.empty()) pieces_.add(term.piece, id);
    }
    return id;
  }
  void drop_term(uint32_t id) {
    const LeafSpec& spec = terms_[id].spec;
    if (is_plain(spec)) {
      words_[spec.kind][spec.level].erase(spec.key);
      --counts_[spec.kind][spec.level];
    } else {
      others_.erase(name(spec));
      if (spec.kind <= IN_EMOJI) patterns_[spec.kind * 3 + spec.level].remove(id);
      if (spec.kind == LITERAL_TEXT && !terms_[id].piece.empty()) pieces_.remove(terms_[id].piece, id);
    }
    free_terms_.push_back(id);
  }
  void set_fact(const std::string& number, int32_t leaf) {
    const size_t fact = std::stoul(number);
    if (facts_.size() <= fact) facts_.resize(fact + 1, -1);
    facts_[fact] = leaf;
  }
  static std::string longest_piece(const std::string& text) {
    std::string best, current;
    for (const char c : text + " ") {
      const auto byte = static_cast<uint8_t>(c);
      if (byte > 0x20 && byte != 0x7F) {
        current += c;
      } else {
        if (current.size() > best.size()) best = current;
        current.clear();
      }
    }
    return best;
  }
};

}  // namespace palabre
