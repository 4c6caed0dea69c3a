// A row: one bit for each of the 512 posts of a batch. One cache line.
// Functions here are `static`: the file is compiled for several processors, and each must keep its own.
#pragma once
#include <cstddef>
#include <cstdint>

namespace palabre {

constexpr uint32_t BATCH = 512, ROW_WORDS = BATCH / 64;

// Plain words in memory; the evaluator reads them as vectors that may alias anything.
struct alignas(64) Row {
  uint64_t words[ROW_WORDS];
};

static inline void set_bit(Row& row, uint32_t post) { row.words[post >> 6] |= 1ull << (post & 63); }
static inline void clear_bit(Row& row, uint32_t post) { row.words[post >> 6] &= ~(1ull << (post & 63)); }
static inline bool has_bit(const Row& row, uint32_t post) { return row.words[post >> 6] >> (post & 63) & 1; }

static inline uint32_t count_bits(const Row& row) {
  uint32_t sum = 0;
  for (const uint64_t word : row.words) sum += static_cast<uint32_t>(__builtin_popcountll(word));
  return sum;
}

template <class Each>
static inline void each_bit(const Row& row, Each each) {
  for (uint32_t n = 0; n < ROW_WORDS; ++n)
    for (uint64_t left = row.words[n]; left; left &= left - 1)
      each(64 * n + static_cast<uint32_t>(__builtin_ctzll(left)));
}

// What the evaluator asks about single posts: where things stand.
class Prover {
 public:
  virtual bool stands(const int32_t* node, uint32_t post) = 0;    // the second child of a PROOF
  virtual bool spells(uint32_t leaf, uint32_t post) = 0;          // a LITERAL
 protected:
  ~Prover() = default;
};

// The rows of the leaves met in the batch, side by side so that they stay in the cache; row 0 is empty and stands for
// all leaves that were not met.
struct LeafRows {
  const Row* rows;
  const uint32_t* row_of;  // by leaf
};

// The answer of a program: of the posts in `among`, those that fulfil it. False: none.
using Evaluate = bool (*)(const int32_t* program, const LeafRows& leaves, const Row& among, Row& found, Prover& prover);

// The best one that this processor has.
Evaluate pick_evaluate();

}  // namespace palabre
