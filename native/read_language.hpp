// Sums of the weights of the n-grams of words, as src/palabre/read/language.py makes them.
#pragma once
#include "read_common.hpp"

namespace palabre {
namespace reading {

struct LanguageModel {
  const uint8_t* classes;  // (PLANES) of each code point: see words.py
  const uint32_t* lower;   // (PLANES)
  const float* table;      // (rows, languages)
  int64_t rows;
  int32_t languages;
};

class LanguageSums {
 public:
  explicit LanguageSums(const LanguageModel& model) : model_(model) {}

  // sums (texts, languages); counts (texts): of n-grams; letters (texts): or as good as.
  void run(const uint32_t* points, const int64_t* walls, int64_t texts, float* sums, float* counts, int64_t* letters) {
    const auto wide = static_cast<size_t>(model_.languages);
    std::memset(sums, 0, static_cast<size_t>(texts) * wide * sizeof(float));
    for (int64_t text = 0; text < texts; ++text, sums += wide) {
      counts[text] = 0;
      letters[text] = 0;
      const uint32_t* codes = points + walls[text];
      const int64_t size = walls[text + 1] - walls[text];
      for (int64_t at = 0; at < size; ++at) {
        if (sort(codes[at]) != LETTER) continue;
        const int64_t start = at;
        while (inside(codes, at + 1, size)) ++at;
        const int32_t word = number(codes + start, at + 1 - start);
        const float* scores = scores_.data() + static_cast<size_t>(word) * wide;
        for (size_t k = 0; k < wide; ++k) sums[k] += scores[k];
        counts[text] += counts_[static_cast<size_t>(word)];
        letters[text] += lower(codes[start]) >= IDEOGRAPHS ? LETTERS_MIN : at + 1 - start;
      }
    }
  }

 private:
  enum : uint8_t { OTHER, SPACE, APOSTROPHE, LETTER };
  static constexpr uint64_t EDGE = 1;
  static constexpr uint32_t IDEOGRAPHS = 0x2E80;
  static constexpr int64_t LETTERS_MIN = 3, WORD_CHARS = 24, NGRAM_CHARS = 5;

  uint8_t sort(uint32_t point) const { return model_.classes[point < PLANES ? point : 0]; }
  uint32_t lower(uint32_t point) const { return model_.lower[point < PLANES ? point : 0]; }

  // Does the word go on there? An apostrophe belongs to it between two letters.
  bool inside(const uint32_t* codes, int64_t at, int64_t size) const {
    if (at >= size) return false;
    const uint8_t here = sort(codes[at]);
    return here == LETTER || (here == APOSTROPHE && sort(codes[at - 1]) == LETTER && at + 1 < size && sort(codes[at + 1]) == LETTER);
  }

  // The number of a word, which is known by its beginning; a new one is looked at.
  int32_t number(const uint32_t* codes, int64_t size) {
    const int64_t kept = size < WORD_CHARS ? size : WORD_CHARS;
    uint64_t hash = 0, power = 1;
    for (int64_t at = 0; at < kept; ++at, power *= GOLDEN) {
      signs_[at + 1] = lower(codes[at]);
      hash += signs_[at + 1] * power;
    }
    signs_[0] = signs_[kept + 1] = EDGE;
    bool fresh;
    const int32_t number = words_.number(hash, fresh);
    if (fresh) look(kept + 2);
    return number;
  }

  // Adds up the weights of the n-grams of the word in signs_; of single signs, the edges are left out.
  void look(int64_t size) {
    const auto wide = static_cast<size_t>(model_.languages);
    size_t count = 0;
    for (int64_t at = 0; at < size; ++at) {
      uint64_t rolled = 0;
      for (int64_t length = 1; length <= NGRAM_CHARS && at + length <= size; ++length) {
        rolled = rolled * GOLDEN + signs_[at + length - 1];
        if (length == 1 && signs_[at] == EDGE) continue;
        const uint64_t row = (mixed(rolled + static_cast<uint64_t>(length)) >> 40) % static_cast<uint64_t>(model_.rows);
        found_[count] = model_.table + row * wide;
        __builtin_prefetch(found_[count++]);
      }
    }
    scores_.resize(scores_.size() + wide, 0.0f);
    float* scores = scores_.data() + scores_.size() - wide;
    for (size_t one = 0; one < count; ++one)
      for (size_t k = 0; k < wide; ++k) scores[k] += found_[one][k];
    counts_.push_back(static_cast<float>(count));
  }

  const LanguageModel model_;
  Distinct words_;
  std::vector<float> scores_, counts_;
  uint64_t signs_[WORD_CHARS + 2];
  const float* found_[(WORD_CHARS + 2) * NGRAM_CHARS];
};

}  // namespace reading
}  // namespace palabre
