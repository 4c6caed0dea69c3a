// Phrases found by the hashes of their tokens, as src/palabre/read/phrases.py finds them, in the same order.
#pragma once
#include <algorithm>

#include "read_common.hpp"

namespace palabre {
namespace reading {

// Phrases of one shape (Look in phrases.py). fixed: the places of its tokens that are given; powers: what each weighs.
struct Look {
  int32_t size, fixed, anchored;
  const int32_t* places;
  const uint64_t* powers;
  const uint8_t* maybe;  // a bit for each beginning of a sum: small enough for the processor's cache
  const uint64_t* sums;
  int64_t sums_size;
  const int64_t* first;
  const int64_t* names;
};

struct Book {
  const Look* looks;
  int64_t size;
  const uint64_t* begins;
  const uint64_t* ends;
  int64_t ends_size;
};

struct Phrase {
  int64_t start, end, name;
};

constexpr int ROW_SHIFT = 48;  // 64 - FIRST_BITS of phrases.py

class PhraseFinder {
 public:
  explicit PhraseFinder(const Book& book) : book_(book) {}

  std::vector<Phrase> found;  // by shape, then in order

  void run(const uint64_t* words, const int64_t* indptr, int64_t posts) {
    found.clear();
    starts_.clear();
    for (int64_t post = 0; post < posts; ++post) {
      bool opens = true;
      for (int64_t at = indptr[post]; at < indptr[post + 1]; ++at) {
        const uint64_t may = book_.begins[words[at] >> ROW_SHIFT];
        if (may) starts_.push_back({may, at, indptr[post + 1], opens});
        opens = std::binary_search(book_.ends, book_.ends + book_.ends_size, words[at]);
      }
    }
    for (int64_t number = 0; number < book_.size; ++number) {
      const Look& look = book_.looks[number];
      for (const Start& start : starts_)
        if (start.may >> number & 1 && (start.opens || !look.anchored) && start.at + look.size <= start.until) look_up(look, words, start.at);
    }
  }

 private:
  struct Start {
    uint64_t may;
    int64_t at, until;
    bool opens;
  };

  void look_up(const Look& look, const uint64_t* words, int64_t at) {
    uint64_t sum = 0;
    for (int32_t k = 0; k < look.fixed; ++k) sum += words[at + look.places[k]] * look.powers[k];
    if (!(look.maybe[sum >> ROW_SHIFT >> 3] >> (sum >> ROW_SHIFT & 7) & 1)) return;
    const uint64_t* end = look.sums + look.sums_size;
    const uint64_t* row = std::lower_bound(look.sums, end, sum);
    if (row == end || *row != sum) return;
    for (int64_t k = look.first[row - look.sums]; k < look.first[row - look.sums + 1]; ++k) found.push_back({at, at + look.size, look.names[k]});
  }

  const Book book_;
  std::vector<Start> starts_;
};

}  // namespace reading
}  // namespace palabre
