// What a chunk of raw bytes means, remembered: its tokens and the leaves they fulfil. Unicode is met once a distinct chunk.
//
// A chunk of up to 16 bytes is its own key (a NUL never stands in a chunk, so the padding is unambiguous); of a longer
// one the key is two 64-bit hashes, and the bytes are compared. No two chunks are ever taken for one another.
#pragma once
#include "index.hpp"

namespace palabre {

// One chunk in the pool, as 32-bit numbers:
//   header, any leaf …, title leaf …, text leaf …, (leaf, token | part << 30) …, (start, end) of each token …
// A place in the pool comes with two bits: the chunk has leaves; the chunk is one token that no query asks the place of
// and that ends no sentence (most are, and need not be looked at again).
enum : uint32_t { HAS_LEAVES = 1, DULL = 2, PLACE_SHIFT = 2, PART_SHIFT = 30 };

struct ChunkView {
  enum { TOKENS, LENGTH, ANY_COUNT, TITLE_COUNT, TEXT_COUNT, POSITIONAL, PAIRS, HEADER };
  const uint32_t* at;
  uint32_t tokens() const { return at[TOKENS] & 0x7FFFFFFF; }
  bool ends() const { return at[TOKENS] >> 31; }
  uint32_t length() const { return at[LENGTH]; }
  const uint32_t* leaves() const { return at + HEADER; }
  const uint32_t* pairs() const { return at + HEADER + at[ANY_COUNT] + at[TITLE_COUNT] + at[TEXT_COUNT]; }
  uint32_t pair_count(bool all) const { return at[all ? PAIRS : POSITIONAL]; }
  const uint32_t* places() const { return pairs() + 2 * at[PAIRS]; }
};

struct ChunkKey { uint64_t low, high; };

class ChunkCache {
 public:
  struct Slot {
    uint64_t low = 0, high = 0;      // both 0: empty
    uint32_t generation = 0;
    uint32_t data = 0;               // place in the pool and two bits
    uint32_t stamp = 0, row = 0;     // the batch that gave it a row of bits, and which
  };

  explicit ChunkCache(const Index& index) : index_(index), tokeniser_(index.table()), slots_(1 << 14), seed_(index.seed()) {}

  // The key of a chunk of up to 16 bytes; reads 16 bytes at `at`.
  ChunkKey key(const uint8_t* at, size_t size) const {
    static const uint64_t ones[9] = {0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF, 0xFFFFFFFFFFFF, 0xFFFFFFFFFFFFFF, ~0ull};
    ChunkKey made;
    std::memcpy(&made, at, 16);
    if (size <= 8) return {made.low & ones[size], 0};
    if (size <= 16) return {made.low, made.high & ones[size - 8]};
    return {hash_bytes(at, size, seed_), hash_bytes(at, size, ~seed_)};
  }
  uint64_t hash(ChunkKey key) const { return mix(key.low ^ seed_, key.high ^ 0x9E3779B97F4A7C15ull); }
  void prefetch(uint64_t hash) const { __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]); }

  // The slot of a chunk, resolved against the live leaves. Good until the next call: slots move.
  Slot& find(const uint8_t* at, size_t size, ChunkKey key, uint64_t hash) {
    if (4 * used_ > 3 * slots_.size()) grow();
    for (size_t n = hash & (slots_.size() - 1);; n = (n + 1) & (slots_.size() - 1)) {
      Slot& slot = slots_[n];
      if (slot.low == key.low && slot.high == key.high && (size <= 16 || same(slot, at, size))) {
        if (slot.generation != index_.leaves().generation()) resolve(slot, at, size);
        return slot;
      }
      if (!(slot.low | slot.high)) return fresh(slot, at, size, key);
    }
  }
  ChunkView view(uint32_t data) const { return {pool_.data() + (data >> PLACE_SHIFT)}; }

  void prefetch_view(uint32_t data) const { __builtin_prefetch(pool_.data() + (data >> PLACE_SHIFT)); }

  // Between batches: forgets all when it has grown too large. What `data` pointed to is void then.
  void settle() {
    if (pool_.size() <= POOL_MAX && 8 * used_ <= 5 * SLOTS_MAX) return;  // the table grows at six eighths
    std::vector<Slot>(1 << 14).swap(slots_);
    std::vector<uint32_t>().swap(pool_);
    used_ = 0;
  }

 private:
  static constexpr size_t SLOTS_MAX = 1 << 19, POOL_MAX = 6 << 20;  // 16 MB and 24 MB
  const Index& index_;
  Tokeniser tokeniser_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> pool_;
  size_t used_ = 0;
  const uint64_t seed_;
  std::vector<std::pair<uint32_t, uint32_t>> pairs_;  // (leaf, token)
  std::vector<uint32_t> by_part_[3];

  // The bytes of a long chunk stand before its record, their number right before it.
  bool same(const Slot& slot, const uint8_t* at, size_t size) const {
    const uint32_t* record = pool_.data() + (slot.data >> PLACE_SHIFT);
    const size_t words = (size + 3) / 4;
    return record[-1] == size && std::memcmp(record - 1 - words, at, size) == 0;
  }
  Slot& fresh(Slot& slot, const uint8_t* at, size_t size, ChunkKey key) {
    slot = Slot();
    slot.low = key.low;
    slot.high = key.high;
    ++used_;
    resolve(slot, at, size);
    return slot;
  }
  void grow() {
    std::vector<Slot> before(2 * slots_.size());
    before.swap(slots_);
    for (const Slot& slot : before) {
      if (!(slot.low | slot.high)) continue;
      size_t n = hash({slot.low, slot.high}) & (slots_.size() - 1);
      while (slots_[n].low | slots_[n].high) n = (n + 1) & (slots_.size() - 1);
      slots_[n] = slot;
    }
  }

  void resolve(Slot& slot, const uint8_t* at, size_t size) {
    const std::string_view chunk(reinterpret_cast<const char*>(at), size);
    const Cut cut = tokeniser_.cut(chunk);
    const Leaves& leaves = index_.leaves();
    pairs_.clear();
    for (auto& list : by_part_) list.clear();
    for (uint32_t n = 0; n < cut.tokens.size(); ++n)
      leaves.resolve(cut.tokens[n], [&](uint32_t term) { found(term, n); });
    leaves.resolve_literals(chunk, [&](uint32_t term) { mark(term); });
    std::sort(pairs_.begin(), pairs_.end());
    pairs_.erase(std::unique(pairs_.begin(), pairs_.end()), pairs_.end());
    const auto middle = std::stable_partition(pairs_.begin(), pairs_.end(), [&](const auto& pair) { return leaves.leaf(pair.first).positional; });
    if (size > 16) keep_bytes(at, size);
    slot.data = static_cast<uint32_t>(pool_.size()) << PLACE_SHIFT;
    slot.generation = leaves.generation();
    write(cut, static_cast<uint32_t>(middle - pairs_.begin()));
    const bool any = !by_part_[0].empty() || !by_part_[1].empty() || !by_part_[2].empty();
    if (any) slot.data |= HAS_LEAVES;
    if (cut.tokens.size() == 1 && middle == pairs_.begin() && !cut.ends) slot.data |= DULL;
    slot.stamp = 0;
  }
  void mark(uint32_t term) {
    const Term& known = index_.leaves().term(term);
    for (int part = 0; part < 3; ++part)
      if (known.leaf[part] >= 0) by_part_[part].push_back(static_cast<uint32_t>(known.leaf[part]));
  }
  void found(uint32_t term, uint32_t token) {
    mark(term);
    for (const int32_t leaf : index_.leaves().term(term).leaf)
      if (leaf >= 0) pairs_.emplace_back(static_cast<uint32_t>(leaf), token);
  }
  void keep_bytes(const uint8_t* at, size_t size) {
    const size_t start = pool_.size(), words = (size + 3) / 4;
    pool_.resize(start + words + 1);
    std::memcpy(pool_.data() + start, at, size);
    pool_.back() = static_cast<uint32_t>(size);
  }
  void write(const Cut& cut, uint32_t positional) {
    pool_.push_back(static_cast<uint32_t>(cut.tokens.size()) | static_cast<uint32_t>(cut.ends) << 31);
    pool_.push_back(cut.length);
    for (auto& list : by_part_) {
      std::sort(list.begin(), list.end());
      list.erase(std::unique(list.begin(), list.end()), list.end());
      pool_.push_back(static_cast<uint32_t>(list.size()));
    }
    pool_.push_back(positional);
    pool_.push_back(static_cast<uint32_t>(pairs_.size()));
    for (const auto& list : by_part_) pool_.insert(pool_.end(), list.begin(), list.end());
    for (const auto& pair : pairs_) {
      pool_.push_back(pair.first);
      pool_.push_back(pair.second | static_cast<uint32_t>(index_.leaves().leaf(pair.first).part) << PART_SHIFT);
    }
    for (const Token& token : cut.tokens) {
      pool_.push_back(token.start);
      pool_.push_back(token.end);
    }
  }
};

}  // namespace palabre
