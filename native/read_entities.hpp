// Names in texts, as src/palabre/read/entities.py finds them: what each word says is reckoned once a batch, only tokens
// that may be of a name are decoded.
#pragma once
#include <algorithm>
#include <cmath>

#include "read_tokens.hpp"

namespace palabre {
namespace reading {

constexpr int LABELS = 9;  // O, then B- and I- of each kind of name
constexpr int ROLES = 5;   // of a word: two tokens before to two behind
constexpr int SEQUENCES = 4;

// Sorted keys and what they stand for.
struct KeyTable {
  const uint64_t* keys;
  const int64_t* values;
  int64_t size;

  int64_t find(uint64_t key) const {
    const uint64_t* at = std::lower_bound(keys, keys + size, key);
    return at != keys + size && *at == key ? values[at - keys] : 0;
  }
};

struct EntityModel {
  const uint8_t* classes;     // (PLANES) TokenKind of each code point
  const uint32_t* lower;      // (PLANES)
  const float* table;         // (rows, LABELS)
  int64_t rows;               // a power of two
  const float* follows;       // (LABELS, LABELS) from a label to the next
  KeyTable fine, coarse;      // groups of words, by the upper half of the hash of their small letters
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
    for (int from = 0; from < LABELS; ++from)
      for (int to = 0; to < LABELS; ++to) steps_[from][to] = std::exp(model.follows[from * LABELS + to]);
  }

  std::vector<Name> found;

  void run(const uint32_t* points, const int64_t* walls, int64_t texts, float confidence_min) {
    for (int64_t post = 0; post < texts; ++post) {
      text_ = points + walls[post];
      cut_tokens(text_, walls[post + 1] - walls[post], model_.classes, tokens_);
      if (tokens_.empty()) continue;
      which_.resize(tokens_.size());
      for (size_t at = 0; at < tokens_.size(); ++at) which_[at] = number(tokens_[at]);
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

  using Row = float[LABELS];

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
    score_roles(token, word);
  }

  // What a word says of the tokens around it and of itself.
  void score_roles(const Token& token, const Word& word) {
    uint64_t features[FEATURES_MAX];
    const uint64_t fine = static_cast<uint64_t>(model_.fine.find(word.low >> 32)), coarse = static_cast<uint64_t>(model_.coarse.find(word.low >> 32));
    int near = 0;
    for (const uint64_t one : {word.low, fine, coarse, word.shape}) features[near++] = one;
    for (int64_t bit = 0; bit < model_.list_bits; ++bit) features[near++] = word.single >> bit & 1 ? static_cast<uint64_t>(bit) + 1 : 0;
    int own = near;
    affixes(token, features + own);
    own += 2 * AFFIX;
    for (const uint64_t one : {word.low, fine, coarse}) features[own++] = one * GOLDEN + word.shape;
    rows_.clear();
    int ends[ROLES];
    for (int role = 0; role < ROLES; ++role) {
      put_rows(features, role == ROLES / 2 ? own : near, 100 * static_cast<uint64_t>(role));
      ends[role] = static_cast<int>(rows_.size());
    }
    scores_.resize(scores_.size() + ROLES * LABELS);
    float* out = scores_.data() + scores_.size() - ROLES * LABELS;
    for (int role = 0; role < ROLES; ++role) sum(role ? ends[role - 1] : 0, ends[role], out + role * LABELS);
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

  // The rows of the table for features of one role; one that is 0 is none.
  void put_rows(const uint64_t* features, int count, uint64_t salt) {
    for (int at = 0; at < count; ++at, ++salt) {
      if (!features[at]) continue;
      const uint64_t row = mixed(features[at] * (2 * salt + 1) + salt) & static_cast<uint64_t>(model_.rows - 1);
      rows_.push_back(model_.table + row * LABELS);
      __builtin_prefetch(rows_.back());
      __builtin_prefetch(rows_.back() + LABELS - 1);
    }
  }

  void sum(int begin, int end, float* out) const {
    for (int k = 0; k < LABELS; ++k) out[k] = 0;
    for (int at = begin; at < end; ++at)
      for (int k = 0; k < LABELS; ++k) out[k] += rows_[at][k];
  }

  const Word& word(size_t at) const { return words_[static_cast<size_t>(which_[at])]; }

  // The label of each token of the text and its chance.
  void decode() {
    const size_t size = tokens_.size();
    labels_.assign(size, 0);
    sure_.assign(size, 1.0f);
    emissions_.resize(size * LABELS);
    looked_.clear();
    for (size_t at = 0; at < size; ++at) {
      float* said = &emissions_[at * LABELS];
      emission(at, said);
      if (*std::max_element(said + 1, said + LABELS) > said[0] - model_.margin) looked_.push_back(at);
    }
    if (looked_.empty()) return;
    list_places();
    const uint64_t loud = loudness();
    for (const size_t at : looked_) add_place(at, loud);
    for (size_t first = 0, last; first < looked_.size(); first = last) {
      last = first + 1;
      while (last < looked_.size() && looked_[last] == looked_[last - 1] + 1 && last - first < static_cast<size_t>(model_.run_max)) ++last;
      decode_run(looked_[first], last - first);
    }
  }

  void emission(size_t at, float* out) const {
    for (int k = 0; k < LABELS; ++k) out[k] = 0;
    for (int role = 0; role < ROLES; ++role) {
      const size_t there = at + static_cast<size_t>(role) - ROLES / 2;  // beyond the end where it is before the text
      if (there >= tokens_.size()) continue;
      const float* scores = &scores_[(static_cast<size_t>(which_[there]) * ROLES + static_cast<size_t>(role)) * LABELS];
      for (int k = 0; k < LABELS; ++k) out[k] += scores[k];
    }
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

  // What depends on where a token stands.
  void add_place(size_t at, uint64_t loud) {
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
    rows_.clear();
    put_rows(features, static_cast<int>(sizeof features / sizeof *features), PLACE_SALT);
    Row said;
    sum(0, static_cast<int>(rows_.size()), said);
    for (int k = 0; k < LABELS; ++k) emissions_[at * LABELS + static_cast<size_t>(k)] += said[k];
  }

  // Chances of the labels of some tokens in a row (scaled forward-backward), and the likeliest of each.
  void decode_run(size_t begin, size_t size) {
    local_.resize(size * LABELS);
    before_.resize(size * LABELS);
    scale_.resize(size);
    float* end = &emissions_[(begin + size - 1) * LABELS];
    if (begin + size < tokens_.size())
      for (int k = 0; k < LABELS; ++k) end[k] += model_.follows[k * LABELS];
    for (size_t at = 0; at < size; ++at) forward(at, &emissions_[(begin + at) * LABELS]);
    Row after, next;
    std::fill(after, after + LABELS, 1.0f);
    for (size_t at = size; at-- > 0;) {
      choose(begin + at, &before_[at * LABELS], after);
      if (!at) break;
      for (int k = 0; k < LABELS; ++k) next[k] = local_[at * LABELS + static_cast<size_t>(k)] * after[k];
      for (int from = 0; from < LABELS; ++from) {
        float total = 0;
        for (int to = 0; to < LABELS; ++to) total += next[to] * steps_[from][to];
        after[from] = total / scale_[at];
      }
    }
  }

  void forward(size_t at, const float* scores) {
    constexpr float EXP_MAX = 60.0f;
    const float top = *std::max_element(scores, scores + LABELS);
    float *local = &local_[at * LABELS], *now = &before_[at * LABELS], total = 0;
    for (int k = 0; k < LABELS; ++k) {
      local[k] = std::exp(std::max(scores[k] - top, -EXP_MAX));
      float reached = at ? 0 : steps_[0][k];
      for (int from = 0; at && from < LABELS; ++from) reached += now[from - LABELS] * steps_[from][k];
      now[k] = reached * local[k];
      total += now[k];
    }
    scale_[at] = std::max(total, 1e-37f);
    for (int k = 0; k < LABELS; ++k) now[k] /= scale_[at];
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
  float steps_[LABELS][LABELS];
  const uint32_t* text_ = nullptr;
  std::vector<Token> tokens_;
  Distinct distinct_;
  std::vector<Word> words_;
  std::vector<float> scores_;  // (words, ROLES, LABELS)
  std::vector<const float*> rows_;
  std::vector<int32_t> which_;
  std::vector<float> emissions_, sure_, local_, before_, scale_;
  std::vector<int> labels_;
  std::vector<size_t> looked_;
  std::vector<uint64_t> listed_;
};

}  // namespace reading
}  // namespace palabre
