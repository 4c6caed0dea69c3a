// The hashed features of texts, as src/palabre/read/features.py makes them: the same buckets in the same order.
#pragma once
#include "read_common.hpp"

namespace palabre {
namespace reading {

struct FeatureSpec {
  const uint32_t* codes;    // (PLANES) what each code point is read as
  const uint8_t* classes;   // (PLANES) its class
  int32_t bits, low, high;  // 2^bits buckets; shortest and longest n-gram
  int32_t pairs, across;
};

// Where features go. The caller gives room for as many as there can be.
struct FeatureRows {
  int32_t* ids;
  int64_t* indptr;  // (texts + 1)
  uint64_t* words;
  int64_t* word_indptr;   // (texts + 1)
  int32_t *begin, *until;  // of each word, in characters of its text; null: not asked for
};

class FeatureMaker {
 public:
  explicit FeatureMaker(const FeatureSpec& spec) : spec_(spec) {}

  // points: the texts one after the other; walls (texts + 1): where each begins.
  void run(const uint32_t* points, const int64_t* walls, int64_t texts, const FeatureRows& out) {
    int64_t ids = 0, words = 0;
    out.indptr[0] = out.word_indptr[0] = 0;
    for (int64_t text = 0; text < texts; ++text) {
      load(points + walls[text], static_cast<size_t>(walls[text + 1] - walls[text]));
      mask();
      squeeze();
      tokens();
      ids += buckets(out.ids + ids);
      for (size_t at = 0; at < hashes_.size(); ++at) {
        out.words[words + at] = hashes_[at];
        if (out.begin) {
          out.begin[words + at] = origin_[starts_[at]];
          out.until[words + at] = origin_[ends_[at] - 1] + 1;
        }
      }
      words += static_cast<int64_t>(hashes_.size());
      out.indptr[text + 1] = ids;
      out.word_indptr[text + 1] = words;
    }
  }

 private:
  enum : uint8_t { SKIPPED, GAP, WORD, SIGN, SYMBOL };
  static constexpr uint32_t HANDLE = 1, ADDRESS = 2, SPACE = 32, PRIME = 0x9E3779B1u;
  static constexpr uint64_t PAIR = 0xC2B2AE3D27D4EB4Full;

  // The text between two spaces, without what is skipped.
  void load(const uint32_t* points, size_t size) {
    codes_.resize(size + 2);
    classes_.resize(size + 2);
    origin_.resize(size + 2);
    size_ = 0;
    put(SPACE, GAP, -1);
    for (size_t at = 0; at < size; ++at) {
      const uint32_t point = points[at] < PLANES ? points[at] : PLANES - 1;
      if (spec_.classes[point] != SKIPPED) put(spec_.codes[point], spec_.classes[point], static_cast<int32_t>(at));
    }
    put(SPACE, GAP, static_cast<int32_t>(size));
  }

  void put(uint32_t code, uint8_t sort, int32_t origin) {
    codes_[size_] = code;
    classes_[size_] = sort;
    origin_[size_++] = origin;
  }

  bool spelt(size_t at, const char* word) const {
    for (; *word; ++word, ++at)
      if (codes_[at] != static_cast<uint8_t>(*word)) return false;
    return true;
  }

  bool address(size_t at) const {
    if (at + 4 >= size_ || classes_[at - 1] == WORD) return false;
    if (codes_[at] == 'w') return spelt(at, "www.");
    return spelt(at, "http") && (codes_[at + 4] == ':' || codes_[at + 4] == 's' || codes_[at + 4] == SPACE);
  }

  // One sign for each address and handle; what that leaves over is to be dropped. Both are looked for in the text as it
  // was: signs are written last.
  void mask() {
    drop_.assign(size_, 0);
    signs_.clear();
    size_t reach = 0, address_end = 0;
    for (size_t at = 1; at + 1 < size_; ++at) {
      const uint32_t code = codes_[at];
      drop_[at] = at < reach;
      if ((code == 'h' || code == 'w') && address(at)) {
        if (at >= address_end)
          for (address_end = at; classes_[address_end] != GAP;) ++address_end;
        reach = address_end > reach ? address_end : reach;
        signs_.push_back({at, ADDRESS});
      } else if (code == '@' && classes_[at + 1] == WORD) {
        size_t end = at + 1;
        while (classes_[end] == WORD) ++end;
        reach = end > reach ? end : reach;
        signs_.push_back({at, HANDLE});
      }
    }
    for (const Sign& sign : signs_) {
      codes_[sign.at] = sign.code;
      classes_[sign.at] = SYMBOL;
    }
  }

  // Single spaces, a sign at most twice in a row. The spaces at both ends stay.
  void squeeze() {
    uint32_t before = 0, last = SPACE;  // the two codes before, as they were
    uint8_t last_class = GAP;
    size_t kept = 1;
    for (size_t at = 1; at + 1 < size_; ++at) {
      const uint32_t code = codes_[at];
      const uint8_t sort = classes_[at];
      const bool again = at > 1 && code == last && last == before && code != '0';
      const bool out = drop_[at] || (sort == GAP && last_class == GAP) || again;
      codes_[kept] = code;
      classes_[kept] = sort;
      origin_[kept] = origin_[at];
      kept += !out;
      before = last;
      last = code;
      last_class = sort;
    }
    put_at(kept, size_ - 1);
    size_ = kept + 1;
  }

  void put_at(size_t to, size_t from) {
    codes_[to] = codes_[from];
    classes_[to] = classes_[from];
    origin_[to] = origin_[from];
  }

  // Runs of letters and digits, runs of punctuation, single symbols.
  void tokens() {
    starts_.clear();
    ends_.clear();
    hashes_.clear();
    for (size_t at = 1; at + 1 < size_;) {
      const uint8_t sort = classes_[at];
      if (sort == GAP) {
        ++at;
        continue;
      }
      const size_t start = at;
      uint64_t hash = 0, power = 1;
      do {
        power *= GOLDEN;
        hash += codes_[at++] * power;
      } while (sort != SYMBOL && classes_[at] == sort);
      starts_.push_back(static_cast<int32_t>(start));
      ends_.push_back(static_cast<int32_t>(at));
      hashes_.push_back(hash ^ (hash >> 29));
    }
  }

  // The buckets of all that begins at each character: n-grams, then the word, then the word and the next. How many.
  int64_t buckets(int32_t* out) {
    const int32_t* const first = out;
    const int shift = 64 - spec_.bits;
    size_t word = 0;
    for (size_t at = 0; at + 1 < size_; ++at) {
      out = ngrams(at, out);
      if (word < starts_.size() && starts_[word] == static_cast<int32_t>(at)) {
        const uint64_t hash = hashes_[word] * PAIR;
        *out++ = static_cast<int32_t>(hash >> shift);
        if (spec_.pairs && word + 1 < hashes_.size()) *out++ = static_cast<int32_t>((hash + hashes_[word + 1]) * PAIR >> shift);
        ++word;
      }
    }
    return out - first;
  }

  // None holds the end of a text within or, unless `across`, a space.
  int32_t* ngrams(size_t at, int32_t* out) const {
    const int shift = 32 - spec_.bits;
    const int room = static_cast<int>(size_ - at < static_cast<size_t>(spec_.high) ? size_ - at : spec_.high);
    uint32_t rolled = codes_[at];
    for (int length = 2; length <= room; ++length) {
      if (length > 2 && !spec_.across && classes_[at + length - 2] == GAP) break;
      rolled = rolled * PRIME + codes_[at + length - 1];
      if (length >= spec_.low) *out++ = static_cast<int32_t>(rolled * (0x85EBCA6Bu + 2 * length) >> shift);
    }
    return out;
  }

  struct Sign {
    size_t at;
    uint32_t code;
  };

  const FeatureSpec spec_;
  std::vector<uint32_t> codes_;
  std::vector<uint8_t> classes_, drop_;
  std::vector<int32_t> origin_;
  size_t size_ = 0;
  std::vector<Sign> signs_;
  std::vector<int32_t> starts_, ends_;
  std::vector<uint64_t> hashes_;
};

}  // namespace reading
}  // namespace palabre
