// A hash map from bytes to a number: open addressing, seeded, looked up by view without making a string.
#pragma once
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace palabre {

// The 128-bit product folded: the mixing step of wyhash (public domain).
inline uint64_t mix(uint64_t a, uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// Of any bytes. seed: drawn at random per process, so that nobody can write posts that collide.
inline uint64_t hash_bytes(const void* bytes, size_t size, uint64_t seed) {
  auto at = static_cast<const uint8_t*>(bytes);
  uint64_t hash = seed ^ (size * 0x9E3779B97F4A7C15ull);
  for (; size >= 8; at += 8, size -= 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    hash = mix(hash ^ word, 0xD6E8FEB86659FD93ull ^ seed);
  }
  uint64_t rest = 0;
  std::memcpy(&rest, at, size);
  return mix(hash ^ rest, 0xA0761D6478BD642Full ^ seed);
}

class StringMap {
 public:
  explicit StringMap(uint64_t seed = 0) : seed_(seed), slots_(16) {}

  // The number of a key; -1 if it is not there.
  int64_t find(std::string_view key) const {
    if (!used_) return -1;
    const uint64_t hash = hash_bytes(key.data(), key.size(), seed_);
    for (size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (!slot.filled) return -1;
      if (slot.hash == hash && slot.value >= 0 && view(slot) == key) return slot.value;
    }
  }

  void put(std::string_view key, uint32_t value) {
    if (2 * (used_ + 1) > slots_.size()) grow();
    Slot slot{hash_bytes(key.data(), key.size(), seed_), static_cast<uint32_t>(bytes_.size()),
              static_cast<uint32_t>(key.size()), value, true};
    bytes_.append(key);
    place(slot);
    ++used_;
  }

  // A removed key leaves a tombstone, swept when the map grows.
  void erase(std::string_view key) {
    const uint64_t hash = hash_bytes(key.data(), key.size(), seed_);
    for (size_t at = hash & (slots_.size() - 1); slots_[at].filled; at = (at + 1) & (slots_.size() - 1)) {
      Slot& slot = slots_[at];
      if (slot.hash == hash && slot.value >= 0 && view(slot) == key) {
        slot.value = -1;
        return;
      }
    }
  }

 private:
  struct Slot {
    uint64_t hash = 0;
    uint32_t start = 0, size = 0;
    int64_t value = -1;
    bool filled = false;
  };
  uint64_t seed_;
  std::vector<Slot> slots_;
  std::string bytes_;
  size_t used_ = 0;

  std::string_view view(const Slot& slot) const { return std::string_view(bytes_).substr(slot.start, slot.size); }
  void place(const Slot& slot) {
    size_t at = slot.hash & (slots_.size() - 1);
    while (slots_[at].filled) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }
  void grow() {
    std::vector<Slot> before;
    before.swap(slots_);
    size_t alive = 0;
    for (const Slot& slot : before) alive += slot.filled && slot.value >= 0;
    size_t size = 16;
    while (size < 4 * (alive + 1)) size *= 2;
    slots_.resize(size);
    used_ = alive;
    std::string kept;
    for (Slot slot : before) {
      if (!slot.filled || slot.value < 0) continue;
      const std::string_view key = view(slot);
      slot.start = static_cast<uint32_t>(kept.size());
      kept.append(key);
      place(slot);
    }
    bytes_.swap(kept);
  }
};

}  // namespace palabre
