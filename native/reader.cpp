// The C face of the reading kernel, called through ctypes. Nothing is kept between calls: the arrays are the caller's.
#include "read_entities.hpp"
#include "read_features.hpp"
#include "read_heads.hpp"
#include "read_language.hpp"
#include "read_phrases.hpp"

#define EXPORT extern "C" __attribute__((visibility("default")))
using namespace palabre::reading;

EXPORT int32_t palabre_reader_version() { return 5; }

EXPORT void palabre_features(const FeatureSpec* spec, const uint32_t* points, const int64_t* walls, int64_t texts, const FeatureRows* out) {
  FeatureMaker(*spec).run(points, walls, texts, *out);
}

EXPORT int32_t palabre_head_sums(const ByteTable* table, const int64_t* indptr, const int32_t* ids, int64_t posts,
                                 int32_t* sums, float* squares) {
  return head_sums(*table, indptr, ids, posts, sums, squares);
}

// How many phrases there are; the first `room` of them are written.
EXPORT int64_t palabre_phrases(const Book* book, const uint64_t* words, const int64_t* indptr, int64_t posts, Phrase* out, int64_t room) {
  PhraseFinder finder(*book);
  finder.run(words, indptr, posts);
  const auto size = static_cast<int64_t>(finder.found.size());
  std::copy_n(finder.found.begin(), std::min(size, room), out);
  return size;
}

EXPORT void palabre_fingerprints(const uint8_t* classes, const uint32_t* folded, const uint32_t* points, const int64_t* walls,
                                 int64_t texts, int64_t* out) {
  Fingerprints prints(classes, folded);
  for (int64_t text = 0; text < texts; ++text) out[text] = prints.of(points + walls[text], walls[text + 1] - walls[text]);
}

EXPORT void palabre_language_sums(const LanguageModel* model, const uint32_t* points, const int64_t* walls, int64_t texts,
                                  float* sums, float* counts, int64_t* letters) {
  LanguageSums(*model).run(points, walls, texts, sums, counts, letters);
}

// How many names there are; the first `room` of them are written.
EXPORT int64_t palabre_names(const EntityModel* model, const uint32_t* points, const int64_t* walls, int64_t texts,
                             float confidence_min, Name* out, int64_t room) {
  NameFinder finder(*model);
  finder.run(points, walls, texts, confidence_min);
  const auto size = static_cast<int64_t>(finder.found.size());
  std::copy_n(finder.found.begin(), std::min(size, room), out);
  return size;
}
