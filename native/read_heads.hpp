// Linear heads: sums of the rows of a table of bytes over the features of each post.
#pragma once
#include "read_common.hpp"

namespace palabre {
namespace reading {

// Rows of `stride` bytes (16, 32 or 64): int8 weights and, from byte `square` on (-1: not there), a float.
struct ByteTable {
  const int8_t* rows;
  int32_t stride, labels, square;
};

constexpr int64_t AHEAD = 12;        // rows fetched before they are needed
constexpr int64_t SHORTS_HOLD = 256;  // 256 * 128 fits in 16 bits

template <int STRIDE>
void sum_rows(const ByteTable& table, const int32_t* ids, int64_t count, int64_t fetchable, int32_t* sums, float* square) {
  constexpr int PARTS = STRIDE / 16;
  double squares = 0;
  std::memset(sums, 0, STRIDE * sizeof(int32_t));
  for (int64_t begin = 0; begin < count; begin += SHORTS_HOLD) {
    const int64_t end = begin + SHORTS_HOLD < count ? begin + SHORTS_HOLD : count;
    Shorts shorts[PARTS] = {};
    for (int64_t at = begin; at < end; ++at) {
      if (at + AHEAD < fetchable) __builtin_prefetch(table.rows + static_cast<int64_t>(ids[at + AHEAD]) * STRIDE);
      const int8_t* row = table.rows + static_cast<int64_t>(ids[at]) * STRIDE;
      for (int part = 0; part < PARTS; ++part) add_row(shorts[part], row + 16 * part);
      if (table.square >= 0) {
        float one;
        std::memcpy(&one, row + table.square, sizeof one);
        squares += one;
      }
    }
    for (int k = 0; k < STRIDE; ++k) sums[k] += shorts[k / 16][k % 16];
  }
  *square = static_cast<float>(squares);
}

// sums (posts, labels); squares (posts,). False: no code for the stride.
inline bool head_sums(const ByteTable& table, const int64_t* indptr, const int32_t* ids, int64_t posts, int32_t* sums, float* squares) {
  int32_t row[64];
  for (int64_t post = 0; post < posts; ++post) {
    const int32_t* first = ids + indptr[post];
    const int64_t count = indptr[post + 1] - indptr[post], left = indptr[posts] - indptr[post];
    switch (table.stride) {
      case 16: sum_rows<16>(table, first, count, left, row, squares + post); break;
      case 32: sum_rows<32>(table, first, count, left, row, squares + post); break;
      case 64: sum_rows<64>(table, first, count, left, row, squares + post); break;
      default: return false;
    }
    std::memcpy(sums + post * table.labels, row, static_cast<size_t>(table.labels) * sizeof(int32_t));
  }
  return true;
}

}  // namespace reading
}  // namespace palabre
