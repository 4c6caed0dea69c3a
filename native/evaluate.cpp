// Bit-sliced evaluation: one AND, OR or ANDNOT answers for 512 posts. Compiled once per vector width (see CMakeLists.txt);
// `pick_evaluate` takes the widest that the processor has.
#include "ops.hpp"
#include "rows.hpp"
#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#ifndef PALABRE_WIDTH
#define PALABRE_WIDTH portable
#endif
#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)
#define EVALUATE PASTE(evaluate_, PALABRE_WIDTH)

namespace palabre {
namespace {

typedef uint64_t Lane __attribute__((vector_size(64), may_alias));

inline Lane load(const Row* row) { return *reinterpret_cast<const Lane*>(row); }

inline bool none(const Lane& lane) {
#if defined(__AVX512F__)
  return _mm512_test_epi64_mask((__m512i)lane, (__m512i)lane) == 0;
#endif
  return !(lane[0] | lane[1] | lane[2] | lane[3] | lane[4] | lane[5] | lane[6] | lane[7]);
}

struct Machine {
  const LeafRows leaves;
  Prover& prover;

  Lane row(int32_t leaf) const { return load(leaves.rows + leaves.row_of[leaf]); }

  // Four at a time: a loop that mostly ends at once is foreseen by the processor.
  Lane any(const int32_t* at, const int32_t* end) const {
    Lane sum = four(at);
    for (at += 4; at < end; at += 4) sum |= four(at);
    return sum;
  }
  Lane four(const int32_t* at) const { return row(at[0]) | row(at[1]) | row(at[2]) | row(at[3]); }

  // Narrows `mask` to the posts that fulfil the node.
  void run(const int32_t* node, Lane& mask) {
    const int32_t* end = node + node[1];
    switch (node[0]) {
      case LEAF: mask &= row(node[2]); return;
      case ANY: mask &= any(node + 2, end); return;
      case NONE: mask &= ~any(node + 2, end); return;
      case ALL: all(node, mask); return;
      case SOME: some(node, mask); return;
      case NOT: {
        Lane found = mask;
        run(node + 2, found);
        mask &= ~found;
        return;
      }
      case COUNT: count(node, mask); return;
      case PROOF: {
        const int32_t* plain = node + 2;
        run(plain, mask);
        if (!none(mask)) prove(plain + plain[1], mask);
        return;
      }
      case LITERAL: {
        mask &= row(node[2]);
        if (!none(mask)) spell(static_cast<uint32_t>(node[2]), mask);
        return;
      }
      case ALWAYS: return;
      default: mask = Lane{}; return;
    }
  }

  void all(const int32_t* node, Lane& mask) {
    const int32_t* end = node + node[1];
    for (const int32_t* kid = node + 2; kid < end; kid += kid[1]) {
      if (kid[0] == ANY) mask &= any(kid + 2, kid + kid[1]);
      else if (kid[0] == LEAF) mask &= row(kid[2]);
      else if (kid[0] == NONE) mask &= ~any(kid + 2, kid + kid[1]);
      else run(kid, mask);
      if (none(mask)) return;
    }
  }

  void some(const int32_t* node, Lane& mask) {
    Lane found{};
    for (const int32_t *kid = node + 2, *end = node + node[1]; kid < end; kid += kid[1]) {
      Lane left = mask & ~found;
      if (none(left)) break;
      run(kid, left);
      found |= left;
    }
    mask = found;
  }

  // Counters sliced by bit: planes[n] holds bit n of each post's count.
  void count(const int32_t* node, Lane& mask) {
    constexpr int PLANES = 18;
    Lane planes[PLANES] = {};
    for (const int32_t *kid = node + 3, *end = node + node[1]; kid < end; kid += kid[1]) {
      Lane carry = mask;
      run(kid, carry);
      for (int n = 0; n < PLANES && !none(carry); ++n) {
        const Lane both = planes[n] & carry;
        planes[n] ^= carry;
        carry = both;
      }
    }
    Lane more{}, same = mask;  // more than `least`, or as many in the planes looked at
    for (int n = PLANES - 1; n >= 0; --n) {
      if (node[2] >> n & 1) {
        same &= planes[n];
      } else {
        more |= same & planes[n];
        same &= ~planes[n];
      }
    }
    mask = more | same;
  }

  void prove(const int32_t* proof, Lane& mask) {
    Row row;
    *reinterpret_cast<Lane*>(&row) = mask;
    Row kept = row;
    each_bit(row, [&](uint32_t post) { if (!prover.stands(proof, post)) clear_bit(kept, post); });
    mask = load(&kept);
  }
  void spell(uint32_t leaf, Lane& mask) {
    Row row;
    *reinterpret_cast<Lane*>(&row) = mask;
    Row kept = row;
    each_bit(row, [&](uint32_t post) { if (!prover.spells(leaf, post)) clear_bit(kept, post); });
    mask = load(&kept);
  }
};

}  // namespace

bool EVALUATE(const int32_t* program, const LeafRows& leaves, const Row& among, Row& found, Prover& prover) {
  Machine machine{leaves, prover};
  Lane lane = load(&among);
  machine.run(program, lane);
  *reinterpret_cast<Lane*>(&found) = lane;
  return !none(lane);
}

}  // namespace palabre
