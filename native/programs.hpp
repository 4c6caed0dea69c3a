// A query as a program over rows of bits: read from the tree that palabre/match/compile.py sends, ordered by how often
// its leaves are met, written as numbers (ops.hpp).
#pragma once
#include <cmath>
#include "leaves.hpp"
#include "ops.hpp"

namespace palabre {

struct Node {
  Op op = NEVER;
  int32_t number = 0;    // words, or least
  int32_t ordered = 0;
  std::vector<uint32_t> leaves;
  std::vector<Node> kids;
};

// Reads the tree in prefix order; leaf numbers are looked up in `leaves`. False when it is no tree.
class TreeReader {
 public:
  TreeReader(const int32_t* at, const int32_t* end, const std::vector<uint32_t>& leaves, const Leaves& known)
      : at_(at), end_(end), leaves_(leaves), known_(known) {}

  bool read(Node& out) {
    const bool good = node(out, false, 0);
    return good && at_ == end_;
  }

 private:
  enum Tag : int32_t { T_LEAF, T_AND, T_OR, T_NOT, T_ATLEAST, T_PHRASE, T_WINDOW, T_NEAR, T_SENTENCE, T_NEVER, T_ALWAYS };
  const int32_t *at_, *end_;
  const std::vector<uint32_t>& leaves_;
  const Leaves& known_;

  bool number(int32_t& out) {
    if (at_ == end_) return false;
    out = *at_++;
    return true;
  }
  bool leaf(std::vector<uint32_t>& out) {
    int32_t ref;
    if (!number(ref) || ref < 0 || static_cast<size_t>(ref) >= leaves_.size()) return false;
    out.push_back(leaves_[static_cast<size_t>(ref)]);
    return true;
  }
  bool leaves(std::vector<uint32_t>& out) {
    int32_t count;
    if (!number(count)) return false;
    for (int32_t n = 0; n < count; ++n)
      if (!leaf(out)) return false;
    return true;
  }
  bool kids(Node& out, int32_t count, bool placed, int depth) {
    for (int32_t n = 0; n < count; ++n) {
      out.kids.emplace_back();
      if (!node(out.kids.back(), placed, depth + 1)) return false;
    }
    return true;
  }

  // placed: below NEAR or SENTENCE, where nodes stand for positions.
  bool node(Node& out, bool placed, int depth) {
    int32_t tag, count;
    if (depth > 4000 || !number(tag)) return false;
    switch (tag) {
      case T_LEAF:
        out.op = LEAF;
        if (!leaf(out.leaves)) return false;
        if (known_.term_of(out.leaves[0]).spec.kind == LITERAL_TEXT) out.op = LITERAL;
        return true;
      case T_AND: out.op = ALL; return number(count) && kids(out, count, placed, depth);
      case T_OR: out.op = placed ? EITHER : SOME; return number(count) && kids(out, count, placed, depth);
      case T_NOT: out.op = NOT; return kids(out, 1, placed, depth);
      case T_ATLEAST: out.op = COUNT; return number(out.number) && number(count) && kids(out, count, placed, depth);
      case T_PHRASE: out.op = PHRASE; return leaves(out.leaves) && prove(out, placed);
      case T_WINDOW: out.op = WINDOW; return number(out.number) && leaves(out.leaves) && prove(out, placed);
      case T_NEAR:
        out.op = NEAR;
        return number(out.number) && number(out.ordered) && kids(out, 2, true, depth) && prove(out, placed);
      case T_SENTENCE: out.op = SENTENCE; return number(out.ordered) && kids(out, 2, true, depth) && prove(out, placed);
      case T_NEVER: out.op = NEVER; return true;
      case T_ALWAYS: out.op = ALWAYS; return true;
      default: return false;
    }
  }

  static bool prove(Node& node, bool placed) {
    if (placed) return true;
    Node proof;
    proof.op = PROOF;
    proof.kids.push_back(plain(node));
    proof.kids.push_back(std::move(node));
    node = std::move(proof);
    return true;
  }

  // What must be in the post, wherever it stands.
  static Node plain(const Node& placed) {
    Node out;
    if (placed.op == LEAF || placed.op == NEVER) return placed;
    out.op = placed.op == EITHER ? SOME : ALL;
    for (const uint32_t leaf : placed.leaves) {
      Node one;
      one.op = LEAF;
      one.leaves.push_back(leaf);
      out.kids.push_back(std::move(one));
    }
    for (const Node& kid : placed.kids) out.kids.push_back(plain(kid));
    return out;
  }
};

// Whether the last leaf is repeated until there are four, eight … of them, as the evaluator takes them.
inline bool in_fours(Op op) { return op == ANY || op == NONE; }

// Reads a program back into nodes.
inline Node node_of(const int32_t* at) {
  Node out;
  out.op = static_cast<Op>(at[0]);
  const int32_t* end = at + at[1];
  const int32_t* next = at + 2;
  if (out.op == COUNT || out.op == WINDOW || out.op == NEAR) out.number = *next++;
  if (out.op == NEAR || out.op == SENTENCE) out.ordered = *next++;
  const bool flat = out.op == LEAF || out.op == ANY || out.op == NONE || out.op == LITERAL || out.op == PHRASE || out.op == WINDOW;
  for (; next < end; next += flat ? 1 : next[1]) {
    if (flat) out.leaves.push_back(static_cast<uint32_t>(*next));
    else out.kids.push_back(node_of(next));
  }
  std::vector<uint32_t>& leaves = out.leaves;
  while (in_fours(out.op) && leaves.size() > 1 && leaves.back() == leaves[leaves.size() - 2]) leaves.pop_back();
  return out;
}

inline void write_program(const Node& node, std::vector<int32_t>& out) {
  const size_t start = out.size();
  out.push_back(node.op);
  out.push_back(0);
  if (node.op == COUNT || node.op == WINDOW || node.op == NEAR) out.push_back(node.number);
  if (node.op == NEAR || node.op == SENTENCE) out.push_back(node.ordered);
  for (const uint32_t leaf : node.leaves) out.push_back(static_cast<int32_t>(leaf));
  while (in_fours(node.op) && (out.size() - start - 2) % 4) out.push_back(out.back());
  for (const Node& kid : node.kids) write_program(kid, out);
  out[start + 1] = static_cast<int32_t>(out.size() - start);
}

// Puts what is cheap and rare first, and finds the leaves without which the query cannot match.
class Tuner {
 public:
  explicit Tuner(const Leaves& leaves) : leaves_(leaves) {}

  struct Anchor {
    bool found = false;      // false: the query may match a post that has none of its leaves
    double weight = 0;       // share of posts that have one of them, summed
    std::vector<uint32_t> leaves;
  };

  void tune(Node& node) const {
    if (node.op == PROOF) return tune(node.kids[0]);
    if (node.op != ALL && node.op != SOME && node.op != COUNT && node.op != NOT) return;
    for (Node& kid : node.kids) tune(kid);
    if (node.op == ALL || node.op == SOME) flatten(node);
    if (node.op == NOT && (node.kids[0].op == LEAF || node.kids[0].op == ANY)) become_none(node);
    if (node.op == ALL || node.op == SOME) sort_kids(node);
    if (node.op == SOME) gather(node);
  }

  Anchor anchor(const Node& node) const {
    switch (node.op) {
      case LEAF: case ANY: case LITERAL: return of_leaves(node.leaves);
      case ALL: return lightest(node.kids);
      case SOME: return together(node.kids, node.kids.size());
      case COUNT:
        if (node.number <= 0) return {};
        if (static_cast<size_t>(node.number) > node.kids.size()) return {true, 0, {}};
        return together(node.kids, node.kids.size() - static_cast<size_t>(node.number) + 1);
      case PROOF: return anchor(node.kids[0]);
      case NEVER: return {true, 0, {}};
      default: return {};
    }
  }

  // Share of posts that a leaf is expected in.
  double share(uint32_t leaf) const {
    if (leaves_.leaf(leaf).seen >= 0) return leaves_.leaf(leaf).seen;
    const LeafSpec& spec = leaves_.term_of(leaf).spec;
    if (spec.kind == FACT) return 0.2;
    const double letters = static_cast<double>(spec.key.size()) - (spec.wild ? 2.0 : 0.0);
    return std::min(0.5, 0.6 * std::exp(-0.75 * letters) + 0.0002);
  }

  double share(const Node& node) const {
    switch (node.op) {
      case LEAF: case ANY: case LITERAL: {
        double sum = 0;
        for (const uint32_t leaf : node.leaves) sum += share(leaf);
        return std::min(1.0, sum);
      }
      case ALL: {
        double product = 1;
        for (const Node& kid : node.kids) product *= share(kid);
        return product;
      }
      case SOME: case COUNT: {
        double sum = 0;
        for (const Node& kid : node.kids) sum += share(kid);
        return std::min(1.0, sum / std::max(1, node.number));
      }
      case NOT: return 1 - share(node.kids[0]);
      case PROOF: return share(node.kids[0]) / 4;
      case NEVER: return 0;
      default: return 1;
    }
  }

 private:
  const Leaves& leaves_;

  static int rank(const Node& node) {
    switch (node.op) {
      case NEVER: case ALWAYS: case LEAF: case ANY: return 0;
      case NONE: return 1;
      case PROOF: case LITERAL: return 4;
      default: {
        int worst = 2;
        for (const Node& kid : node.kids) worst = std::max(worst, rank(kid));
        return worst;
      }
    }
  }
  void sort_kids(Node& node) const {
    std::vector<std::pair<std::pair<int, double>, size_t>> order;
    for (size_t n = 0; n < node.kids.size(); ++n) order.push_back({{rank(node.kids[n]), share(node.kids[n])}, n});
    std::sort(order.begin(), order.end());
    std::vector<Node> sorted;
    for (const auto& one : order) sorted.push_back(std::move(node.kids[one.second]));
    node.kids.swap(sorted);
  }
  static void flatten(Node& node) {
    std::vector<Node> flat;
    for (Node& kid : node.kids) {
      if (kid.op != node.op) {
        flat.push_back(std::move(kid));
        continue;
      }
      for (Node& below : kid.kids) flat.push_back(std::move(below));
    }
    node.kids.swap(flat);
  }
  static void become_none(Node& node) {
    Node kid = std::move(node.kids[0]);
    node.op = NONE;
    node.leaves = std::move(kid.leaves);
    node.kids.clear();
  }
  // The plain leaves of an OR in one ANY.
  static void gather(Node& node) {
    Node any;
    any.op = ANY;
    std::vector<Node> rest;
    for (Node& kid : node.kids) {
      if (kid.op == LEAF || kid.op == ANY) any.leaves.insert(any.leaves.end(), kid.leaves.begin(), kid.leaves.end());
      else rest.push_back(std::move(kid));
    }
    if (any.leaves.empty()) {
      node.kids.swap(rest);
      return;
    }
    if (rest.empty()) {
      node = std::move(any);
      return;
    }
    node.kids.clear();
    node.kids.push_back(std::move(any));
    for (Node& kid : rest) node.kids.push_back(std::move(kid));
  }

  Anchor of_leaves(const std::vector<uint32_t>& leaves) const {
    Anchor made{true, 0, leaves};
    for (const uint32_t leaf : leaves) made.weight += share(leaf);
    return made;
  }
  Anchor lightest(const std::vector<Node>& kids) const {
    Anchor best;
    for (const Node& kid : kids) {
      Anchor one = anchor(kid);
      if (one.found && (!best.found || one.weight < best.weight)) best = std::move(one);
    }
    return best;
  }
  // The lightest `count` kids, of which one at least must hold.
  Anchor together(const std::vector<Node>& kids, size_t count) const {
    std::vector<Anchor> all;
    for (const Node& kid : kids) {
      Anchor one = anchor(kid);
      if (one.found) all.push_back(std::move(one));
    }
    if (all.size() < count) return {};
    std::sort(all.begin(), all.end(), [](const Anchor& a, const Anchor& b) { return a.weight < b.weight; });
    Anchor sum{true, 0, {}};
    for (size_t n = 0; n < count; ++n) {
      sum.weight += all[n].weight;
      sum.leaves.insert(sum.leaves.end(), all[n].leaves.begin(), all[n].leaves.end());
    }
    return sum;
  }
};

}  // namespace palabre
