// Names in texts, as src/palabre/read/entities.py finds them: what each word says is reckoned once a batch, only tokens
// that may be of a name are decoded.
#pragma once
#include <algorithm>
#include <cmath>

#include "read_tokens.hpp"

namespace palabre {
namespace reading {

constexpr int LABELS = 9;  // O, then B- and I- of each kind of name
constexpr int WIDE = 12;   // the same in whole vectors of four
constexpr int ROW = 16;    // bytes of a row of the table
constexpr int ROLES = 5;   // of a word: two tokens before to two behind
constexpr int SEQUENCES = 4;

// Sorted keys and what they stand for. `first` has an entry more than there are beginnings.
struct KeyTable {
  const uint64_t* keys;
  const int64_t* values;
  const int32_t* first;  // by the first bits of a key, where keys that begin so are
  int32_t shift;         // what is right of these bits

  int64_t find(uint64_t key) const {
    const int64_t at = place(key);
    return at < 0 ? 0 : values[at];
  }
  // Where a key is; -1 where it is not there.
  int64_t place(uint64_t key) const {
    const uint64_t bits = key >> shift;
    for (int32_t at = first[bits]; at < first[bits + 1]; ++at)
      if (keys[at] == key) return at;
    return -1;
  }
};

struct EntityModel {
  const uint8_t* classes;     // (PLANES) TokenKind of each code point
  const uint32_t* lower;      // (PLANES)
  const int8_t* table;        // (rows, ROW): LABELS bytes, then zeros
  const float* scale;         // (LABELS) what one step is worth
  int64_t rows;               // a power of two
  const float* follows;       // (LABELS, LABELS) from a label to the next
  KeyTable fine;              // groups of words, by the upper half of the hash of their small letters
  const int64_t* coarse;      // the larger groups, by the same keys
  KeyTable singles;           // known names of one token: bits of their kinds
  KeyTable heads;             // first tokens of those of several
  KeyTable sequences[SEQUENCES];  // names of two to five tokens
  int64_t list_bits;          // how many kinds the lists have
  float margin;               // a token whose words say "no name" by more than this is not looked at further
  int64_t run_max;            // tokens decoded together
};

struct Name {
  int64_t post, start, end, kind;
  int64_t sign;  // 1: an @ or # stands right before it
  double confidence;
};

class NameFinder {
 public:
  explicit NameFinder(const EntityModel& model) : model_(model) {
    for (int k = 0; k < LABELS; ++k) {
      scale_of_[k] = model.scale[k];
      for (int to = 0; to < LABELS; ++to) steps_[k][to] = back_[to][k] = std::exp(model.follows[k * LABELS + to]);
    }
  }

  std::vector<Name> found;

  void run(const uint32_t* points, const int64_t* walls, int64_t texts, float confidence_min) {
    for (int64_t post = 0; post < texts; ++post) {
      text_ = points + walls[post];
      cut_tokens(text_, walls[post + 1] - walls[post], model_.classes, tokens_);
      if (tokens_.empty()) continue;
      which_.resize(tokens_.size());
      no_rows();
      for (size_t at = 0; at < tokens_.size(); ++at) which_[at] = number(tokens_[at]);
      add_scores();
      decode();
      name(post, confidence_min);
    }
  }

 private:
  static constexpr int CHARS = 24, AFFIX = 4, FEATURES_MAX = 128;
  static constexpr uint64_t PLACE_SALT = 1100, NO_BEFORE = 3, NO_AFTER = 5, FROM_SECOND = 256;

  // What is known of a distinct word. scores: of its five roles, in words_scores_.
  struct Word {
    uint64_t low, shape;
    int64_t single, head;
    bool capital, shouted;
  };

  using Row = float[WIDE];  // numbers of labels; 0 beyond them

  uint64_t letter(int32_t at) const { return model_.lower[known_point(text_[at])]; }

  int32_t number(const Token& token) {
    const int32_t kept = std::min(token.end - token.start, CHARS);
    uint64_t hash = 0, power = 1;
    for (int32_t at = 0; at < kept; ++at) {
      power *= GOLDEN;
      hash += (static_cast<uint64_t>(text_[token.start + at]) + 1) * power;
    }
    bool fresh;
    const int32_t number = distinct_.number(hash, fresh);
    if (fresh) look(token, kept);
    return number;
  }

  void look(const Token& token, int32_t kept) {
    Word word{};
    uint64_t power = 1;
    int32_t capitals = 0, digits = 0;
    for (int32_t at = token.start; at < token.start + kept; ++at) {
      power *= GOLDEN;
      word.low += (letter(at) + 1) * power;
      capitals += letter(at) != known_point(text_[at]);
      digits += text_[at] >= '0' && text_[at] <= '9';
    }
    word.capital = letter(token.start) != known_point(text_[token.start]);
    word.shouted = capitals == kept && kept > 1;
    const int size = std::min(kept, 4) + (kept > 6);
    word.shape = static_cast<uint64_t>(word.capital + 2 * word.shouted + 4 * (digits > 0) + 8 * (digits == kept) + 16 * size) + 1;
    word.single = model_.singles.find(word.low);
    word.head = model_.heads.find(word.low);
    words_.push_back(word);
    role_rows(token, word);
  }

  // Where the table has what a word says of the tokens around it and of itself.
  void role_rows(const Token& token, const Word& word) {
    uint64_t features[FEATURES_MAX];
    const int64_t group = model_.fine.place(word.low >> 32);
    const uint64_t fine = group < 0 ? 0 : static_cast<uint64_t>(model_.fine.values[group]);
    const uint64_t coarse = group < 0 ? 0 : static_cast<uint64_t>(model_.coarse[group]);
    int near = 0;
    for (const uint64_t one : {word.low, fine, coarse, word.shape}) features[near++] = one;
    for (int64_t bit = 0; bit < model_.list_bits; ++bit) features[near++] = word.single >> bit & 1 ? static_cast<uint64_t>(bit) + 1 : 0;
    int own = near;
    affixes(token, features + own);
    own += 2 * AFFIX;
    for (const uint64_t one : {word.low, fine, coarse}) features[own++] = one * GOLDEN + word.shape;
    for (int role = 0; role < ROLES; ++role) put_rows(features, role == ROLES / 2 ? own : near, 100 * static_cast<uint64_t>(role));
  }

  // The scores of the words that are new.
  void add_scores() {
    const size_t known = scores_.size(), more = cuts_.size() - 1;
    scores_.resize(known + more * WIDE);
    for (size_t at = 0; at < more; ++at) sum(cuts_[at], cuts_[at + 1], &scores_[known + at * WIDE]);
  }

  // Hashes of the first and of the last one to four characters; 0 where the word is shorter.
  void affixes(const Token& token, uint64_t* out) const {
    for (int side = 0; side < 2; ++side) {
      uint64_t rolled = 7 + static_cast<uint64_t>(side);
      for (int size = 1; size <= AFFIX; ++size) {
        const bool fits = token.end - token.start >= size;
        if (fits) rolled = rolled * GOLDEN + text_[side ? token.end - size : token.start + size - 1];
        *out++ = fits ? rolled : 0;
      }
    }
  }

  // The rows of the table for features of one role; one that is 0 is none. They are fetched, and summed later.
  void put_rows(const uint64_t* features, int count, uint64_t salt) {
    for (int at = 0; at < count; ++at, ++salt) {
      if (!features[at]) continue;
      const uint64_t row = mixed(features[at] * (2 * salt + 1) + salt) & static_cast<uint64_t>(model_.rows - 1);
      rows_.push_back(model_.table + row * ROW);
      __builtin_prefetch(rows_.back());
    }
    cuts_.push_back(rows_.size());
  }

  void no_rows() {
    rows_.clear();
    cuts_.assign(1, 0);
  }

  // Adds to `out` what some rows say. Sums of bytes are exact: no row is summed more than 256 times.
  void sum(size_t begin, size_t end, float* out) const {
    Shorts steps = {};
    for (size_t at = begin; at < end; ++at) add_row(steps, rows_[at]);
    for (int k = 0; k < WIDE; ++k) out[k] += static_cast<float>(steps[k]) * scale_of_[k];
  }

  const Word& word(size_t at) const { return words_[static_cast<size_t>(which_[at])]; }

  // The label of each token of the text and its chance.
  void decode() {
    const size_t size = tokens_.size();
    labels_.assign(size, 0);
    sure_.assign(size, 1.0f);
    emissions_.resize(size * WIDE);
    looked_.clear();
    for (size_t at = 0; at < size; ++at) {
      fetch_scores(at + 6);
      float* said = &emissions_[at * WIDE];
      emission(at, said);
      if (*std::max_element(said + 1, said + LABELS) > said[0] - model_.margin) looked_.push_back(at);
    }
    if (looked_.empty()) return;
    list_places();
    const uint64_t loud = loudness();
    no_rows();
    for (const size_t at : looked_) place_rows(at, loud);
    for (size_t at = 0; at < looked_.size(); ++at) sum(cuts_[at], cuts_[at + 1], &emissions_[looked_[at] * WIDE]);
    for (size_t first = 0, last; first < looked_.size(); first = last) {
      last = first + 1;
      while (last < looked_.size() && looked_[last] == looked_[last - 1] + 1 && last - first < static_cast<size_t>(model_.run_max)) ++last;
      decode_run(looked_[first], last - first);
    }
  }

  void fetch_scores(size_t at) const {
    if (at >= tokens_.size()) return;
    const float* scores = &scores_[static_cast<size_t>(which_[at]) * ROLES * WIDE];
    for (int k = 0; k < ROLES * WIDE; k += 16) __builtin_prefetch(scores + k);
  }

  void emission(size_t at, float* said) const {
    Row out = {};
    for (int role = 0; role < ROLES; ++role) {
      const size_t there = at + static_cast<size_t>(role) - ROLES / 2;  // beyond the end where it is before the text
      if (there >= tokens_.size()) continue;
      const float* scores = &scores_[(static_cast<size_t>(which_[there]) * ROLES + static_cast<size_t>(role)) * WIDE];
      for (int k = 0; k < WIDE; ++k) out[k] += scores[k];
    }
    std::memcpy(said, out, sizeof out);
  }

  // Bits of the kinds of the known names of several tokens that each token is in.
  void list_places() {
    listed_.assign(tokens_.size(), 0);
    for (size_t at = 0; at + 1 < tokens_.size(); ++at) {
      if (!word(at).head) continue;
      uint64_t rolled = word(at).low;
      for (size_t size = 2; size <= SEQUENCES + 1 && at + size <= tokens_.size(); ++size) {
        rolled = rolled * GOLDEN + word(at + size - 1).low;
        const auto bits = static_cast<uint64_t>(model_.sequences[size - 2].find(rolled));
        for (size_t step = 0; bits && step < size; ++step) listed_[at + step] |= bits | (step ? FROM_SECOND : 0);
      }
    }
  }

  // 1: hardly any capital; 2: some; 3: most words begin with one; 4: most words are all capitals.
  uint64_t loudness() const {
    double words = 0, capitals = 0, shouted = 0;
    for (size_t at = 0; at < tokens_.size(); ++at) {
      if (tokens_[at].kind != WORD_TOKEN) continue;
      ++words;
      capitals += word(at).capital;
      shouted += word(at).shouted;
    }
    words = std::max(words, 1.0);
    if (shouted / words > 0.5) return 4;
    return 1 + (capitals / words > 0.03) + (capitals / words > 0.6);
  }

  // Where the table has what depends on where a token stands.
  void place_rows(size_t at, uint64_t loud) {
    const Word& here = word(at);
    const bool first = at == 0, last = at + 1 == tokens_.size();
    const uint64_t low_before = first ? NO_BEFORE : word(at - 1).low, shape_before = first ? 0 : word(at - 1).shape;
    const uint64_t low_after = last ? NO_AFTER : word(at + 1).low, shape_after = last ? 0 : word(at + 1).shape;
    const auto mark = static_cast<uint64_t>(marked(text_, tokens_, at));
    const uint64_t features[] = {low_before * GOLDEN + here.shape,
                                 low_after * GOLDEN + here.shape,
                                 low_before * GOLDEN + here.low,
                                 here.low * GOLDEN + low_after,
                                 (shape_before * GOLDEN + here.shape) * GOLDEN + shape_after,
                                 mark ? mark * 1000 + here.shape : 0,
                                 first ? here.shape : 0,
                                 loud * 1000 + here.shape,
                                 listed_[at],
                                 listed_[at] ? listed_[at] * GOLDEN + here.shape : 0};
    put_rows(features, static_cast<int>(sizeof features / sizeof *features), PLACE_SALT);
  }

  // Chances of the labels of some tokens in a row (scaled forward-backward), and the likeliest of each.
  void decode_run(size_t begin, size_t size) {
    local_.resize(size * WIDE);
    before_.resize(size * WIDE);
    scale_.resize(size);
    float* end = &emissions_[(begin + size - 1) * WIDE];
    if (begin + size < tokens_.size())
      for (int k = 0; k < LABELS; ++k) end[k] += model_.follows[k * LABELS];
    for (size_t at = 0; at < size; ++at) forward(at, &emissions_[(begin + at) * WIDE]);
    Row after;
    std::fill(after, after + WIDE, 1.0f);
    for (size_t at = size; at-- > 0;) {
      choose(begin + at, &before_[at * WIDE], after);
      if (at) backward(at, after);
    }
  }

  void forward(size_t at, const float* scores) {
    constexpr float EXP_MAX = 60.0f;
    const float top = *std::max_element(scores, scores + LABELS);
    float *local = &local_[at * WIDE], *now = &before_[at * WIDE];
    std::memset(local, 0, sizeof(Row));
    for (int k = 0; k < LABELS; ++k) local[k] = std::exp(std::max(scores[k] - top, -EXP_MAX));
    Row reached = {};
    if (at) spread(now - WIDE, steps_, reached);
    const float* reach = at ? reached : steps_[0];
    float total = 0;
    for (int k = 0; k < LABELS; ++k) total += reach[k] * local[k];
    scale_[at] = std::max(total, 1e-37f);
    for (int k = 0; k < WIDE; ++k) now[k] = reach[k] * local[k] / scale_[at];
  }

  // From what is behind a token to what is behind the one before.
  void backward(size_t at, float* after) const {
    Row next, told = {};
    for (int k = 0; k < WIDE; ++k) next[k] = local_[at * WIDE + static_cast<size_t>(k)] * after[k] / scale_[at];
    spread(next, back_, told);
    std::memcpy(after, told, sizeof(Row));
  }

  static void spread(const float* from, const Row* steps, float* out) {
    for (int one = 0; one < LABELS; ++one)
      for (int k = 0; k < WIDE; ++k) out[k] += from[one] * steps[one][k];
  }

  void choose(size_t at, const float* before, const float* after) {
    int best = 0;
    for (int k = 1; k < LABELS; ++k)
      if (before[k] * after[k] > before[best] * after[best]) best = k;
    labels_[at] = best;
    sure_[at] = before[best] * after[best];
  }

  // The names from the labels; one that goes on without a beginning begins there.
  void name(int64_t post, float confidence_min) {
    for (size_t at = 0; at < tokens_.size();) {
      const int kind = (labels_[at] + 1) / 2;
      const size_t first = at++;
      if (!kind) continue;
      float sure = sure_[first];
      for (; at < tokens_.size() && labels_[at] == 2 * kind; ++at) sure = std::min(sure, sure_[at]);
      if (sure < confidence_min) continue;
      found.push_back({post, tokens_[first].start, tokens_[at - 1].end, kind - 1, marked(text_, tokens_, first) != 0, sure});
    }
  }

  const EntityModel model_;
  Row scale_of_ = {}, steps_[LABELS] = {}, back_[LABELS] = {};  // chances to go on from a label, and to come to it
  const uint32_t* text_ = nullptr;
  std::vector<Token> tokens_;
  Distinct distinct_;
  std::vector<Word> words_;
  std::vector<float> scores_;  // (words, ROLES, WIDE)
  std::vector<const int8_t*> rows_;
  std::vector<size_t> cuts_;  // rows_[cuts_[n]] to rows_[cuts_[n + 1]] are summed together
  std::vector<int32_t> which_;
  std::vector<float> emissions_, sure_, local_, before_, scale_;
  std::vector<int> labels_;
  std::vector<size_t> looked_;
  std::vector<uint64_t> listed_;
};

}  // namespace reading
}  // namespace palabre
