// What the readings share: the multiplier of their hashes, their mixing step, and a table of distinct numbers.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace palabre {
namespace reading {

constexpr uint64_t GOLDEN = 0x9E3779B97F4A7C15ull;  // 2^64 divided by the golden ratio
constexpr uint32_t PLANES = 0x20000;                // code points of the two first planes

// The finaliser of splitmix64 (Steele et al. 2014).
inline uint64_t mixed(uint64_t hash) {
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9ull;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBull;
  return hash ^ (hash >> 31);
}

// Sums of rows of bytes, sixteen at a time. Exact up to 256 rows.
typedef int8_t Bytes __attribute__((vector_size(16)));
typedef int16_t Shorts __attribute__((vector_size(32)));

inline void add_row(Shorts& sums, const int8_t* row) {
  Bytes bytes;
  std::memcpy(&bytes, row, sizeof bytes);
  sums += __builtin_convertvector(bytes, Shorts);
}

// Numbers each distinct hash from 0, in the order in which they come. Where a hash is kept depends on where the table
// lies in memory, so that nobody can write posts that all meet in one place.
class Distinct {
 public:
  Distinct() : slots_(1024, Slot{0, -1}) {}

  // The number of a hash, and whether it is new.
  int32_t number(uint64_t hash, bool& fresh) {
    if (2 * (used_ + 1) > slots_.size()) grow();
    size_t at = place(hash);
    while (slots_[at].number >= 0 && slots_[at].hash != hash) at = (at + 1) & (slots_.size() - 1);
    fresh = slots_[at].number < 0;
    if (fresh) slots_[at] = {hash, static_cast<int32_t>(used_++)};
    return slots_[at].number;
  }
  size_t size() const { return used_; }

 private:
  struct Slot {
    uint64_t hash;
    int32_t number;
  };

  size_t place(uint64_t hash) const { return mixed(hash ^ reinterpret_cast<uintptr_t>(slots_.data())) & (slots_.size() - 1); }

  void grow() {
    std::vector<Slot> old(slots_.size() * 2, Slot{0, -1});
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.number < 0) continue;
      size_t at = place(slot.hash);
      while (slots_[at].number >= 0) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }

  std::vector<Slot> slots_;
  size_t used_ = 0;
};

}  // namespace reading
}  // namespace palabre
