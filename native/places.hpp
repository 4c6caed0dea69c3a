// Where things stand in one post: positions of leaves, and the hits of phrases, windows, NEAR and SENTENCE.
// The same meaning as `hits` in palabre/match/oracle.py.
#pragma once
#include "chunk_cache.hpp"

namespace palabre {

constexpr uint32_t PART_GAP = 1u << 30;  // the text's tokens are numbered from here: no distance reaches from the title

struct Span { uint32_t start, end; };  // code points; of the text when marked with PART_GAP

// A run of neighbouring tokens; used: it takes part in a proof of the query.
struct Hit {
  uint32_t first, last;
  bool used;
};

// The tokens of one post that leaves have, gathered when first needed.
struct PostPlaces {
  uint32_t stamp = 0;  // the batch it is about
  uint32_t holds = 0;  // 1: all leaves and characters, 2: sentences
  std::vector<std::pair<uint32_t, uint32_t>> found;  // (leaf, token number), by token
  std::vector<uint32_t> sentences[2];                // sentence of each token, title and text
  std::vector<Span> spans[2];                        // characters of each token; only for explanations
};

inline int side_of(uint32_t token) { return token >= PART_GAP; }

class Placer {
 public:
  explicit Placer(const PostPlaces& post) : post_(post) {}

  bool proves(const int32_t* node) {
    if (node[0] == PHRASE) return has_phrase(node);
    return !hits(node).empty();
  }

  // Adds the tokens that prove the node, as (first, last) runs.
  void explain(const int32_t* node, std::vector<Span>& runs) {
    std::vector<Hit> own = hits(node);
    for (Hit& hit : own) hit.used = true;
    spread(node, own, runs);
  }

  std::vector<uint32_t> places(uint32_t leaf) const {
    std::vector<uint32_t> out;
    for (const auto& one : post_.found)
      if (one.first == leaf) out.push_back(one.second);
    return out;
  }

 private:
  const PostPlaces& post_;

  static const int32_t* end(const int32_t* node) { return node + node[1]; }
  uint32_t sentence(uint32_t token) const {
    return post_.sentences[side_of(token)][token & ~PART_GAP];
  }
  bool stands(uint32_t leaf, uint32_t token) const {
    return std::find(post_.found.begin(), post_.found.end(), std::make_pair(leaf, token)) != post_.found.end();
  }

  bool follows(const int32_t* node, uint32_t first) const {
    for (const int32_t* leaf = node + 3; leaf < end(node); ++leaf)
      if (!stands(static_cast<uint32_t>(*leaf), first + static_cast<uint32_t>(leaf - node - 2))) return false;
    return true;
  }
  bool has_phrase(const int32_t* node) const {
    const auto head = static_cast<uint32_t>(node[2]);
    for (const auto& one : post_.found)
      if (one.first == head && follows(node, one.second)) return true;
    return false;
  }

  // All places of a node, each once, in order.
  std::vector<Hit> hits(const int32_t* node) const {
    std::vector<Hit> out;
    switch (node[0]) {
      case LEAF:
        for (const uint32_t token : places(static_cast<uint32_t>(node[2]))) out.push_back({token, token, false});
        break;
      case PHRASE:
        for (const uint32_t token : places(static_cast<uint32_t>(node[2])))
          if (follows(node, token)) out.push_back({token, token + static_cast<uint32_t>(node[1]) - 3, false});
        break;
      case WINDOW: window_hits(node, out); break;
      case EITHER:
        for (const int32_t* kid = node + 2; kid < end(node); kid += kid[1]) {
          const std::vector<Hit> more = hits(kid);
          out.insert(out.end(), more.begin(), more.end());
        }
        break;
      case NEAR: case SENTENCE: pair_hits(node, out); break;
      default: break;
    }
    tidy(out);
    return out;
  }
  static bool before(const Hit& a, const Hit& b) { return a.first != b.first ? a.first < b.first : a.last < b.last; }
  static bool equal(const Hit& a, const Hit& b) { return a.first == b.first && a.last == b.last; }
  static void tidy(std::vector<Hit>& hits) {
    std::sort(hits.begin(), hits.end(), before);
    hits.erase(std::unique(hits.begin(), hits.end(), equal), hits.end());
  }

  static const int32_t* left_of(const int32_t* node) { return node + (node[0] == NEAR ? 4 : 3); }
  bool pair_stands(const int32_t* node, const Hit& left, const Hit& right) const {
    if (side_of(left.first) != side_of(right.first)) return false;
    const bool in_order = left.last < right.first;
    const Hit& early = in_order ? left : right;
    const Hit& late = in_order ? right : left;
    if (early.last >= late.first) return false;
    if (node[node[0] == NEAR ? 3 : 2] && !in_order) return false;
    if (node[0] == NEAR) return late.first - early.last - 1 <= static_cast<uint32_t>(node[2]);
    return sentence(early.first) == sentence(late.last);
  }
  void pair_hits(const int32_t* node, std::vector<Hit>& out) const {
    const int32_t *left = left_of(node), *right = left + left[1];
    const std::vector<Hit> lefts = hits(left), rights = lefts.empty() ? lefts : hits(right);
    for (const Hit& one : lefts) {
      for (const Hit& two : rights)
        if (pair_stands(node, one, two)) out.push_back({std::min(one.first, two.first), std::max(one.last, two.last), false});
      if (out.size() > 1 << 14) tidy(out);
    }
  }

  // A window: each leaf on a token of its own, all within `reach` tokens. By (first, last) of the tokens used.
  void window_hits(const int32_t* node, std::vector<Hit>& out) const {
    const std::vector<uint32_t> tokens = window_tokens(node);
    const uint32_t reach = static_cast<uint32_t>(node[1] - 3 + node[2]);
    for (size_t low = 0; low < tokens.size(); ++low)
      for (size_t high = low; high < tokens.size() && tokens[high] - tokens[low] < reach; ++high)
        if (fills(node, tokens[low], tokens[high], {tokens[low], tokens[high]})) out.push_back({tokens[low], tokens[high], false});
  }
  std::vector<uint32_t> window_tokens(const int32_t* node) const {
    std::vector<uint32_t> tokens;
    for (const int32_t* leaf = node + 3; leaf < end(node); ++leaf)
      for (const uint32_t token : places(static_cast<uint32_t>(*leaf))) tokens.push_back(token);
    std::sort(tokens.begin(), tokens.end());
    tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
    return tokens;
  }
  // Can all leaves be put on different tokens of [first, last], these being among them? By Mendelsohn and Dulmage it is
  // enough that the leaves can be put on tokens there, and that the wanted tokens can be given leaves.
  bool fills(const int32_t* node, uint32_t first, uint32_t last, std::vector<uint32_t> wanted) const {
    const size_t leaves = static_cast<size_t>(node[1] - 3);
    std::sort(wanted.begin(), wanted.end());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    if (wanted.size() > leaves) return false;
    std::vector<std::vector<uint32_t>> inside(leaves), asked(wanted.size());
    std::vector<uint32_t> tokens;
    for (size_t n = 0; n < leaves; ++n)
      for (const uint32_t token : places(static_cast<uint32_t>(node[3 + n]))) {
        if (token < first || token > last) continue;
        inside[n].push_back(number_of(token, tokens));
        for (size_t w = 0; w < wanted.size(); ++w)
          if (wanted[w] == token) asked[w].push_back(static_cast<uint32_t>(n));
      }
    return all_placed(inside, tokens.size()) && all_placed(asked, leaves);
  }
  static uint32_t number_of(uint32_t token, std::vector<uint32_t>& tokens) {
    const auto at = std::find(tokens.begin(), tokens.end(), token);
    if (at == tokens.end()) tokens.push_back(token);
    return static_cast<uint32_t>(std::find(tokens.begin(), tokens.end(), token) - tokens.begin());
  }
  // Kuhn's algorithm: each row gets a column of its own.
  static bool all_placed(const std::vector<std::vector<uint32_t>>& rows, size_t columns) {
    std::vector<int32_t> owner(columns, -1);
    for (size_t row = 0; row < rows.size(); ++row) {
      std::vector<bool> tried(columns, false);
      if (!place(static_cast<int32_t>(row), rows, owner, tried)) return false;
    }
    return true;
  }
  static bool place(int32_t row, const std::vector<std::vector<uint32_t>>& rows, std::vector<int32_t>& owner, std::vector<bool>& tried) {
    for (const uint32_t column : rows[static_cast<size_t>(row)]) {
      if (tried[column]) continue;
      tried[column] = true;
      if (owner[column] < 0 || place(owner[column], rows, owner, tried)) {
        owner[column] = row;
        return true;
      }
    }
    return false;
  }

  // From the used hits of a node down to the runs of tokens that prove them.
  void spread(const int32_t* node, const std::vector<Hit>& own, std::vector<Span>& runs) const {
    switch (node[0]) {
      case LEAF: case PHRASE:
        for (const Hit& hit : own)
          if (hit.used) runs.push_back({hit.first, hit.last});
        break;
      case WINDOW:
        for (const Hit& hit : own)
          if (hit.used) spread_window(node, hit, runs);
        break;
      case EITHER:
        for (const int32_t* kid = node + 2; kid < end(node); kid += kid[1]) spread(kid, shared(kid, own), runs);
        break;
      case NEAR: case SENTENCE: spread_pair(node, own, runs); break;
      default: break;
    }
  }
  static bool is_used(const std::vector<Hit>& sorted, const Hit& hit) {
    const auto at = std::lower_bound(sorted.begin(), sorted.end(), hit, before);
    return at != sorted.end() && equal(*at, hit) && at->used;
  }
  std::vector<Hit> shared(const int32_t* kid, const std::vector<Hit>& own) const {
    std::vector<Hit> out = hits(kid);
    for (Hit& hit : out) hit.used = is_used(own, hit);
    return out;
  }
  void spread_window(const int32_t* node, const Hit& hit, std::vector<Span>& runs) const {
    for (const uint32_t token : window_tokens(node))
      if (token >= hit.first && token <= hit.last && fills(node, hit.first, hit.last, {hit.first, hit.last, token}))
        runs.push_back({token, token});
  }
  void spread_pair(const int32_t* node, const std::vector<Hit>& own, std::vector<Span>& runs) const {
    const int32_t *left = left_of(node), *right = left + left[1];
    std::vector<Hit> lefts = hits(left), rights = hits(right);
    for (Hit& one : lefts)
      for (Hit& two : rights) {
        if ((one.used && two.used) || !pair_stands(node, one, two)) continue;
        if (is_used(own, {std::min(one.first, two.first), std::max(one.last, two.last), false})) one.used = two.used = true;
      }
    spread(left, lefts, runs);
    spread(right, rights, runs);
  }
};

}  // namespace palabre
