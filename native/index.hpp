// All live queries. Readers (matching contexts) and writers (adding, removing, tuning) are kept apart by a lock.
#pragma once
#include <mutex>
#include <shared_mutex>
#include "programs.hpp"

namespace palabre {

constexpr uint32_t NO_SLOT = 0xFFFFFFFF;

class Index {
 public:
  explicit Index(uint64_t seed) : seed_(seed), leaves_(seed) {}
  bool load_table(const uint8_t* bytes, size_t size) { return table_.load(bytes, size); }

  mutable std::shared_mutex lock;
  const UnicodeTable& table() const { return table_; }
  const Leaves& leaves() const { return leaves_; }
  uint64_t seed() const { return seed_; }
  size_t slots() const { return queries_.size(); }
  size_t live() const { return slot_of_.size(); }
  int32_t watch(uint32_t slot) const { return watches_[slot]; }
  const int32_t* program(uint32_t slot) const { return programs_.data() + starts_[slot]; }
  void prefetch_program(uint32_t slot) const {
    const auto at = reinterpret_cast<const char*>(program(slot));
    for (int line = 0; line < 3; ++line) __builtin_prefetch(at + 64 * line);
  }
  // The first OPENING numbers of a program; null for the last ones in memory, behind which there are not so many.
  static constexpr size_t OPENING = 20;
  const int32_t* opening(uint32_t slot) const {
    return starts_[slot] + OPENING <= programs_.size() ? program(slot) : nullptr;
  }
  void prefetch_anchors(uint32_t leaf) const { __builtin_prefetch(&anchors_[leaf]); }
  void prefetch_anchored(uint32_t leaf) const { __builtin_prefetch(tuned_.data() + anchors_[leaf].start); }
  // Calls each(slot) for the queries that have the leaf for an anchor.
  template <class Each>
  void each_anchored(uint32_t leaf, Each each) const {
    const Anchors anchors = anchors_[leaf];
    const uint32_t* slot = tuned_.data() + anchors.start;
    for (uint32_t n = anchors.count; n; --n) each(*slot++);
    if (!anchors.late) return;
    for (const uint32_t late : anchored_[leaf]) each(late);
  }
  const std::vector<uint32_t>& always() const { return always_; }
  uint32_t slot_of(int32_t watch) const {
    const auto found = slot_of_.find(watch);
    return found == slot_of_.end() ? NO_SLOT : found->second;
  }
  uint32_t version() const { return version_; }

  // Adds a query, or puts it in the place of the one the watch had. False when the tree cannot be read.
  bool add(int32_t watch, const std::vector<LeafSpec>& specs, const int32_t* tree, size_t size) {
    const bool positional = has_positions(tree, size);
    std::vector<uint32_t> taken;
    for (const LeafSpec& spec : specs) taken.push_back(leaves_.take(spec, positional));
    Node root;
    if (!TreeReader(tree, tree + size, taken, leaves_).read(root)) {
      for (const uint32_t leaf : taken) leaves_.release(leaf);
      return false;
    }
    if (anchored_.size() < leaves_.size()) {
      anchored_.resize(leaves_.size());
      anchors_.resize(leaves_.size());
    }
    remove(watch);
    const uint32_t slot = fresh_slot();
    watches_[slot] = watch;
    queries_[slot].leaves = std::move(taken);
    slot_of_[watch] = slot;
    install(slot, root);
    ++version_;
    return true;
  }

  bool remove(int32_t watch) {
    const auto found = slot_of_.find(watch);
    if (found == slot_of_.end()) return false;
    const uint32_t slot = found->second;
    unanchor(slot);
    for (const uint32_t leaf : queries_[slot].leaves) leaves_.release(leaf);
    garbage_ += queries_[slot].size;
    queries_[slot] = Query();
    free_slots_.push_back(slot);
    slot_of_.erase(found);
    ++version_;
    if (garbage_ > 1 << 16 && 2 * garbage_ > programs_.size()) tune();
    return true;
  }

  // Takes note of how many posts of a batch had a leaf. Called under the shared lock.
  void count(const std::vector<uint32_t>& leaves, const std::vector<uint32_t>& posts, uint32_t of) {
    const std::lock_guard<std::mutex> guard(counting_);
    for (size_t n = 0; n < leaves.size(); ++n) leaves_.leaf(leaves[n]).hits += posts[n];
    leaves_.counted += of;
  }
  bool wants_tuning() const { return leaves_.counted >= tune_at_ && live(); }

  // Orders every program and picks every anchor anew by what the stream has shown. Programs end up side by side.
  void tune() {
    for (uint32_t id = 0; id < leaves_.size(); ++id) {
      Leaf& leaf = leaves_.leaf(id);
      const auto posts = static_cast<float>(leaves_.counted - leaf.since);
      if (posts >= 512) leaf.seen = (static_cast<float>(leaf.hits) + 0.05f) / posts;
    }
    std::vector<int32_t> before;
    before.swap(programs_);
    garbage_ = 0;
    for (auto& list : anchored_) list.clear();
    std::fill(anchors_.begin(), anchors_.end(), Anchors());
    always_.clear();
    for (uint32_t slot = 0; slot < queries_.size(); ++slot) {
      if (!queries_[slot].live) continue;
      Node root = node_of(before.data() + starts_[slot]);
      install(slot, root);
    }
    settle_anchors();
    while (tune_at_ <= leaves_.counted) tune_at_ *= 8;
    ++version_;
  }

  // Share of posts that had a term, of those counted since it is watched; -1 when that is not known.
  double seen(const LeafSpec& spec) const {
    const int64_t found = leaves_.find(spec);
    if (found < 0) return -1;
    const Leaf& leaf = leaves_.leaf(static_cast<uint32_t>(found));
    const uint64_t posts = leaves_.counted - leaf.since;
    return posts < 512 ? -1 : static_cast<double>(leaf.hits) / static_cast<double>(posts);
  }

 private:
  struct Query {
    bool live = false;
    uint32_t size = 0;              // of the program
    std::vector<uint32_t> leaves;   // as taken
    std::vector<uint32_t> anchors;
  };
  const uint64_t seed_;
  UnicodeTable table_;
  Leaves leaves_;
  std::vector<Query> queries_;
  std::vector<int32_t> watches_;  // by slot
  std::vector<uint32_t> starts_;  // of programs, by slot
  std::vector<uint32_t> free_slots_, always_;
  std::unordered_map<int32_t, uint32_t> slot_of_;
  std::vector<int32_t> programs_;
  struct Anchors { uint32_t start = 0, count = 0; bool late = false; };  // a run of tuned_; whether anchored_ has more
  std::vector<Anchors> anchors_;                 // by leaf
  std::vector<uint32_t> tuned_;                  // slots of all leaves end to end, as they were at the last tuning
  std::vector<std::vector<uint32_t>> anchored_;  // by leaf, since then
  size_t garbage_ = 0;
  uint32_t version_ = 0;
  std::mutex counting_;
  uint64_t tune_at_ = 2048;

  static bool has_positions(const int32_t* tree, size_t size) {
    // Tags 5 to 8 are the positional ones; a number that looks like one only makes a leaf positional for nothing.
    return std::any_of(tree, tree + size, [](int32_t n) { return n >= 5 && n <= 8; });
  }
  uint32_t fresh_slot() {
    if (free_slots_.empty()) {
      queries_.emplace_back();
      watches_.push_back(0);
      starts_.push_back(0);
      return static_cast<uint32_t>(queries_.size() - 1);
    }
    const uint32_t slot = free_slots_.back();
    free_slots_.pop_back();
    return slot;
  }
  void install(uint32_t slot, Node& root) {
    const Tuner tuner(leaves_);
    tuner.tune(root);
    Query& query = queries_[slot];
    query.live = true;
    starts_[slot] = static_cast<uint32_t>(programs_.size());
    write_program(root, programs_);
    query.size = static_cast<uint32_t>(programs_.size()) - starts_[slot];
    Tuner::Anchor anchor = tuner.anchor(root);
    std::sort(anchor.leaves.begin(), anchor.leaves.end());
    anchor.leaves.erase(std::unique(anchor.leaves.begin(), anchor.leaves.end()), anchor.leaves.end());
    if (!anchor.found) always_.push_back(slot);
    for (const uint32_t leaf : anchor.leaves) {
      anchored_[leaf].push_back(slot);
      anchors_[leaf].late = true;
    }
    query.anchors = std::move(anchor.leaves);
  }
  void unanchor(uint32_t slot) {
    const auto drop = [slot](std::vector<uint32_t>& list) { list.erase(std::remove(list.begin(), list.end(), slot), list.end()); };
    for (const uint32_t leaf : queries_[slot].anchors) {
      drop(anchored_[leaf]);
      Anchors& anchors = anchors_[leaf];
      uint32_t* first = tuned_.data() + anchors.start;
      anchors.count = static_cast<uint32_t>(std::remove(first, first + anchors.count, slot) - first);
    }
    drop(always_);
  }
  // Lays the lists of all leaves end to end.
  void settle_anchors() {
    tuned_.clear();
    for (size_t leaf = 0; leaf < anchored_.size(); ++leaf) {
      anchors_[leaf] = {static_cast<uint32_t>(tuned_.size()), static_cast<uint32_t>(anchored_[leaf].size()), false};
      tuned_.insert(tuned_.end(), anchored_[leaf].begin(), anchored_[leaf].end());
      std::vector<uint32_t>().swap(anchored_[leaf]);
    }
  }
};

}  // namespace palabre
