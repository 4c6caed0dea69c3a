// Where things stand in one post: positions of leaves, and the hits of phrases, windows, NEAR and SENTENCE.
// The same meaning as `hits` in palabre/match/oracle.py.
#pragma once
#include "chunk_cache.hpp"

namespace palabre {

constexpr size_t PAIRS_MAX = 1 << 22;  // that are gone through of one sentence
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

  // A post may say one word a million times: no pair of places is looked at that need not be.
  bool proves(const int32_t* node) {
    switch (node[0]) {
      case PHRASE: return has_phrase(node);
      case EITHER:
        for (const int32_t* kid = node + 2; kid < end(node); kid += kid[1])
          if (proves(kid)) return true;
        return false;
      case NEAR: case SENTENCE: {
        const int32_t *left = left_of(node), *right = left + left[1];
        const std::vector<Hit> lefts = hits(left), rights = lefts.empty() ? lefts : hits(right);
        const Partners after(rights), before_it(lefts);
        for (const Hit& one : lefts)
          if (followed(node, one, after)) return true;
        if (ordered(node)) return false;
        for (const Hit& one : rights)
          if (followed(node, one, before_it)) return true;
        return false;
      }
      default: return !hits(node, true).empty();
    }
  }

  // Adds the tokens that prove the node, as (first, last) runs.
  void explain(const int32_t* node, std::vector<Span>& runs) {
    if (node[0] == EITHER) {
      for (const int32_t* kid = node + 2; kid < end(node); kid += kid[1]) explain(kid, runs);
      return;
    }
    if (node[0] == NEAR || node[0] == SENTENCE) return explain_pair(node, runs);
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
  using Found = std::vector<std::pair<uint32_t, uint32_t>>::const_iterator;
  Found from(uint32_t token) const {
    return std::lower_bound(post_.found.begin(), post_.found.end(), token, [](const auto& one, uint32_t edge) { return one.second < edge; });
  }
  bool stands(uint32_t leaf, uint32_t token) const {
    for (Found at = from(token); at != post_.found.end() && at->second == token; ++at)
      if (at->first == leaf) return true;
    return false;
  }

  // Hits by their first token, and of those from each one on the lowest last token.
  struct Partners {
    const std::vector<Hit>& hits;
    std::vector<uint32_t> ends;
    explicit Partners(const std::vector<Hit>& sorted) : hits(sorted), ends(sorted.size()) {
      for (size_t n = sorted.size(); n--;) ends[n] = n + 1 < sorted.size() ? std::min(sorted[n].last, ends[n + 1]) : sorted[n].last;
    }
  };
  static bool ordered(const int32_t* node) { return node[node[0] == NEAR ? 3 : 2] != 0; }
  // Whether one of them begins behind a hit, near enough or in its sentence.
  bool followed(const int32_t* node, const Hit& hit, const Partners& others) const {
    const auto at = behind(others.hits, hit.last);
    if (at == others.hits.end()) return false;
    if (node[0] == NEAR) return at->first - hit.last - 1 <= static_cast<uint32_t>(node[2]) && side_of(at->first) == side_of(hit.first);
    const uint32_t last = others.ends[static_cast<size_t>(at - others.hits.begin())];
    return side_of(last) == side_of(hit.first) && sentence(hit.first) == sentence(last);
  }
  static std::vector<Hit>::const_iterator behind(const std::vector<Hit>& sorted, uint32_t edge) {
    return std::upper_bound(sorted.begin(), sorted.end(), edge, [](uint32_t token, const Hit& one) { return token < one.first; });
  }
  // Hits by their last token, and of those up to each one the highest first token.
  struct Heads {
    std::vector<uint32_t> lasts, starts;
    explicit Heads(std::vector<Hit> hits) {
      std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) { return a.last < b.last; });
      for (const Hit& one : hits) {
        lasts.push_back(one.last);
        starts.push_back(starts.empty() ? one.first : std::max(one.first, starts.back()));
      }
    }
    size_t count(uint32_t edge) const { return static_cast<size_t>(std::lower_bound(lasts.begin(), lasts.end(), edge) - lasts.begin()); }
    uint32_t start(uint32_t edge) const { return starts[count(edge) - 1]; }
    uint32_t last(uint32_t edge) const { return lasts[count(edge) - 1]; }
  };
  // Whether one of them ends before a hit, near enough or in its sentence.
  bool preceded(const int32_t* node, const Hit& hit, const Heads& others) const {
    if (!others.count(hit.first)) return false;
    const uint32_t last = others.last(hit.first), first = others.start(hit.first);
    if (node[0] == NEAR) return hit.first - last - 1 <= static_cast<uint32_t>(node[2]) && side_of(last) == side_of(hit.first);
    return side_of(first) == side_of(hit.first) && sentence(first) == sentence(hit.last);
  }
  void mark_pairs(const int32_t* node, std::vector<Hit>& early, std::vector<Hit>& late) const {
    const Partners after(late);
    const Heads heads(early);
    for (Hit& one : early) one.used |= followed(node, one, after);
    for (Hit& one : late) one.used |= preceded(node, one, heads);
  }
  void explain_pair(const int32_t* node, std::vector<Span>& runs) const {
    const int32_t *left = left_of(node), *right = left + left[1];
    std::vector<Hit> lefts = hits(left), rights = hits(right);
    mark_pairs(node, lefts, rights);
    if (!ordered(node)) mark_pairs(node, rights, lefts);
    spread(left, lefts, runs);
    spread(right, rights, runs);
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

  // All places of a node, each once, in order; or one, if any is enough.
  std::vector<Hit> hits(const int32_t* node, bool any = false) const {
    std::vector<Hit> out;
    switch (node[0]) {
      case LEAF:
        for (const uint32_t token : places(static_cast<uint32_t>(node[2]))) out.push_back({token, token, false});
        break;
      case PHRASE:
        for (const uint32_t token : places(static_cast<uint32_t>(node[2])))
          if (follows(node, token)) out.push_back({token, token + static_cast<uint32_t>(node[1]) - 3, false});
        break;
      case WINDOW: window_hits(node, any, out); break;
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
    if (node[0] == NEAR) {
      near_hits(node, lefts, rights, out);
      if (!ordered(node)) near_hits(node, rights, lefts, out);
    } else if (lefts.size() * rights.size() > PAIRS_MAX) {
      tight_hits(node, lefts, rights, out);
      if (!ordered(node)) tight_hits(node, rights, lefts, out);
    } else {
      for (const Hit& one : lefts)
        for (const Hit& two : rights)
          if (pair_stands(node, one, two)) out.push_back({std::min(one.first, two.first), std::max(one.last, two.last), false});
    }
  }
  void near_hits(const int32_t* node, const std::vector<Hit>& early, const std::vector<Hit>& late, std::vector<Hit>& out) const {
    for (const Hit& one : early)
      for (auto at = behind(late, one.last); at != late.end() && at->first - one.last - 1 <= static_cast<uint32_t>(node[2]); ++at)
        if (side_of(at->first) == side_of(one.first)) out.push_back({one.first, at->last, false});
  }
  // Of all pairs of a sentence that is too long for them: the shortest from each first token on, and up to each last one.
  void tight_hits(const int32_t* node, const std::vector<Hit>& early, const std::vector<Hit>& late, std::vector<Hit>& out) const {
    const Partners after(late);
    for (const Hit& one : early)
      if (followed(node, one, after)) out.push_back({one.first, after.ends[static_cast<size_t>(behind(late, one.last) - late.begin())], false});
    const Heads heads(early);
    for (const Hit& one : late)
      if (heads.count(one.first) && preceded(node, one, heads)) out.push_back({heads.start(one.first), one.last, false});
  }

  // A window: each leaf on a token of its own, all within `reach` tokens. By (first, last) of the tokens used.
  void window_hits(const int32_t* node, bool any, std::vector<Hit>& out) const {
    const std::vector<uint32_t> tokens = window_tokens(node);
    const uint32_t reach = static_cast<uint32_t>(node[1] - 3 + node[2]);
    for (size_t low = 0; low < tokens.size(); ++low)
      for (size_t high = low; high < tokens.size() && tokens[high] - tokens[low] < reach; ++high)
        if (fills(node, tokens[low], tokens[high], {tokens[low], tokens[high]})) {
          out.push_back({tokens[low], tokens[high], false});
          if (any) return;
        }
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
      for (Found at = from(first); at != post_.found.end() && at->second <= last; ++at) {
        const uint32_t token = at->second;
        if (at->first != static_cast<uint32_t>(node[3 + n])) continue;
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
    uint32_t seen = PART_GAP - 1;  // no token has this number
    for (Found at = from(hit.first); at != post_.found.end() && at->second <= hit.last; ++at) {
      const uint32_t token = at->second;
      const int32_t* leaf = std::find(node + 3, end(node), static_cast<int32_t>(at->first));
      if (token == seen || leaf == end(node) || !fills(node, hit.first, hit.last, {hit.first, hit.last, token})) continue;
      runs.push_back({token, token});
      seen = token;
    }
  }
  void spread_pair(const int32_t* node, const std::vector<Hit>& own, std::vector<Span>& runs) const {
    const int32_t *left = left_of(node), *right = left + left[1];
    std::vector<Hit> lefts = hits(left), rights = hits(right);
    if (lefts.size() * rights.size() > PAIRS_MAX) {
      mark_pairs(node, lefts, rights);
      if (!ordered(node)) mark_pairs(node, rights, lefts);
    } else for (Hit& one : lefts)
      for (Hit& two : rights) {
        if ((one.used && two.used) || !pair_stands(node, one, two)) continue;
        if (is_used(own, {std::min(one.first, two.first), std::max(one.last, two.last), false})) one.used = two.used = true;
      }
    spread(left, lefts, runs);
    spread(right, rights, runs);
  }
};

}  // namespace palabre
