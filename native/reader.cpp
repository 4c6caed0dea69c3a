// The C face of the reading kernel, called through ctypes. Nothing is kept between calls: the arrays are the caller's.
#include "read_features.hpp"
#include "read_heads.hpp"
#include "read_phrases.hpp"

#define EXPORT extern "C" __attribute__((visibility("default")))
using namespace palabre::reading;

EXPORT int32_t palabre_reader_version() { return 1; }

EXPORT void palabre_features(const FeatureSpec* spec, const uint32_t* points, const int64_t* walls, int64_t texts, const FeatureRows* out) {
  FeatureMaker(*spec).run(points, walls, texts, *out);
}

EXPORT int32_t palabre_head_sums(const ByteTable* table, const int64_t* indptr, const int32_t* ids, int64_t posts, int32_t* sums, float* squares) {
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
