// The C face of the kernel, called through ctypes (which lets go of the interpreter lock while it runs).
//
// An index holds the live queries; a context is one thread's working memory. Any number of contexts may match on one
// index while queries come and go. A context must not be used by two threads at the same time.
#include "context.hpp"
#include "index_texts.hpp"
#include "token_lists.hpp"

using palabre::Context;
using palabre::Index;
using palabre::IndexTexts;
using palabre::TokenLists;

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace palabre {
bool evaluate_portable(const int32_t*, const LeafRows&, const Row&, Row&, Prover&);
#ifdef PALABRE_X86
bool evaluate_avx2(const int32_t*, const LeafRows&, const Row&, Row&, Prover&);
bool evaluate_avx512(const int32_t*, const LeafRows&, const Row&, Row&, Prover&);
#endif

Evaluate pick_evaluate() {
#ifdef PALABRE_X86
  if (__builtin_cpu_supports("avx512f")) return evaluate_avx512;
  if (__builtin_cpu_supports("avx2")) return evaluate_avx2;
#endif
  return evaluate_portable;
}

namespace {

// A spec is kind, level, part, wild, edits (a byte each), length of the key (4 bytes), key.
bool read_spec(const uint8_t*& at, const uint8_t* end, LeafSpec& out) {
  uint32_t size;
  if (end - at < 9) return false;
  std::memcpy(&size, at + 5, 4);
  if (static_cast<size_t>(end - at) < 9 + static_cast<size_t>(size) || at[0] > FACT || at[1] > EXACT || at[2] > IN_TEXT) return false;
  out = {at[0], at[1], at[2], at[3], at[4], std::string(reinterpret_cast<const char*>(at) + 9, size)};
  at += 9 + size;
  return true;
}

bool read_specs(const uint8_t* at, size_t size, std::vector<LeafSpec>& out) {
  const uint8_t* end = at + size;
  while (at < end) {
    out.emplace_back();
    if (!read_spec(at, end, out.back())) return false;
  }
  return true;
}

}  // namespace
}  // namespace palabre

EXPORT int32_t palabre_kernel_version() { return 5; }

// Null when the table is of another version. seed: drawn at random by the caller.
EXPORT Index* palabre_index_new(const uint8_t* table, size_t size, uint64_t seed) {
  auto index = new Index(seed);
  if (index->load_table(table, size)) return index;
  delete index;
  return nullptr;
}
EXPORT void palabre_index_free(Index* index) { delete index; }

EXPORT int32_t palabre_add(Index* index, int32_t watch, const uint8_t* specs, size_t specs_size, const int32_t* tree, size_t tree_size) {
  std::vector<palabre::LeafSpec> read;
  if (!palabre::read_specs(specs, specs_size, read)) return 0;
  const std::unique_lock<std::shared_mutex> writing(index->lock);
  return index->add(watch, read, tree, tree_size);
}
EXPORT int32_t palabre_remove(Index* index, int32_t watch) {
  const std::unique_lock<std::shared_mutex> writing(index->lock);
  return index->remove(watch);
}
EXPORT void palabre_tune(Index* index) {
  const std::unique_lock<std::shared_mutex> writing(index->lock);
  index->tune();
}
EXPORT int64_t palabre_size(const Index* index) {
  const std::shared_lock<std::shared_mutex> reading(index->lock);
  return static_cast<int64_t>(index->live());
}
// Share of posts that had each of the terms; -1 where not known.
EXPORT int32_t palabre_seen(const Index* index, const uint8_t* specs, size_t size, double* out) {
  std::vector<palabre::LeafSpec> read;
  if (!palabre::read_specs(specs, size, read)) return 0;
  const std::shared_lock<std::shared_mutex> reading(index->lock);
  for (const palabre::LeafSpec& spec : read) *out++ = index->seen(spec);
  return 1;
}

EXPORT Context* palabre_context_new(Index* index) { return new Context(*index); }
EXPORT void palabre_context_free(Context* context) { delete context; }

struct palabre_posts {
  int64_t count;
  const int32_t* title_offsets;
  const uint8_t* title_bytes;
  const int32_t* text_offsets;
  const uint8_t* text_bytes;
  const int32_t* fact_post;  // pairs by post
  const int32_t* fact;
  int64_t facts;
};

static palabre::Posts posts_of(const palabre_posts* posts) {
  return {static_cast<uint32_t>(posts->count), {{posts->title_offsets, posts->title_bytes}, {posts->text_offsets, posts->text_bytes}},
          posts->fact_post, posts->fact, static_cast<size_t>(posts->facts)};
}

// How many pairs; they stay in the context until its next call.
EXPORT int64_t palabre_match(Context* context, const palabre_posts* posts, const int32_t** post, const int32_t** watch) {
  context->match(posts_of(posts));
  *post = context->out_post.data();
  *watch = context->out_watch.data();
  return static_cast<int64_t>(context->out_post.size());
}

// The spans of pairs sorted by post. How many in all; span_of[n] to span_of[n + 1] are those of pair n.
EXPORT int64_t palabre_explain(Context* context, const palabre_posts* posts, const int32_t* post, const int32_t* watch, int64_t pairs,
                               const int64_t** span_of, const int32_t** start, const int32_t** end, const int32_t** title) {
  context->explain(posts_of(posts), post, watch, static_cast<size_t>(pairs));
  *span_of = context->span_of.data();
  *start = context->span_start.data();
  *end = context->span_end.data();
  *title = context->span_title.data();
  return static_cast<int64_t>(context->span_start.size());
}

// Numbers for the distinct strings of a column, from 0 on, in the order they first came.
struct Values {
  palabre::StringMap known;
  uint32_t next = 0;
};
EXPORT Values* palabre_values_new(uint64_t seed) { return new Values{palabre::StringMap(seed)}; }
EXPORT void palabre_values_free(Values* values) { delete values; }
EXPORT int64_t palabre_values(Values* values, const int32_t* offsets, const uint8_t* bytes, int64_t count, int32_t* out) {
  const palabre::Texts texts{offsets, bytes};
  for (uint32_t n = 0; n < count; ++n) {
    int64_t number = values->known.find(texts.at(n));
    if (number < 0) values->known.put(texts.at(n), static_cast<uint32_t>(number = values->next++));
    *out++ = static_cast<int32_t>(number);
  }
  return values->next;
}

// The first of sorted strings that is not below a key.
EXPORT int64_t palabre_place(const int32_t* offsets, const uint8_t* bytes, int64_t count, const uint8_t* key, size_t size) {
  const palabre::Texts texts{offsets, bytes};
  const std::string_view edge(reinterpret_cast<const char*>(key), size);
  int64_t low = 0;
  for (int64_t high = count; low < high;) {
    const int64_t middle = low + (high - low) / 2;
    if (texts.at(static_cast<uint32_t>(middle)) < edge) low = middle + 1;
    else high = middle;
  }
  return low;
}

EXPORT IndexTexts* palabre_texts_new(const Index* index) { return new IndexTexts(*index); }
EXPORT void palabre_texts_free(IndexTexts* texts) { delete texts; }

// The index text of every post: bytes and offsets (one more than posts); they stay until the next call.
EXPORT int64_t palabre_texts(IndexTexts* texts, const palabre_posts* posts, const uint8_t** bytes, const int64_t** offsets) {
  const palabre::Posts read = posts_of(posts);
  texts->clear();
  for (uint32_t post = 0; post < read.count; ++post) texts->add(read.parts[0].at(post), read.parts[1].at(post));
  *bytes = reinterpret_cast<const uint8_t*>(texts->bytes.data());
  *offsets = texts->offsets.data();
  return static_cast<int64_t>(texts->bytes.size());
}

// Null when the table is of another version.
EXPORT TokenLists* palabre_lists_new(const uint8_t* table, size_t size, uint64_t seed) {
  auto lists = new TokenLists(seed);
  if (lists->load_table(table, size)) return lists;
  delete lists;
  return nullptr;
}
EXPORT void palabre_lists_free(TokenLists* lists) { delete lists; }

struct palabre_token_lists {
  int64_t count;  // of keys
  const uint8_t* keys;
  const int32_t* key_offsets;
  const int32_t* list_offsets;
  const uint16_t* rows;
  const uint16_t* places;
};

// Where each key stands in 65,536 posts at most; it stays until the next call.
EXPORT void palabre_lists(TokenLists* lists, const palabre_posts* posts, palabre_token_lists* out) {
  const palabre::Posts read = posts_of(posts);
  lists->clear();
  for (uint32_t row = 0; row < read.count; ++row) lists->add(row, read.parts[0].at(row), read.parts[1].at(row));
  lists->finish();
  *out = {static_cast<int64_t>(lists->key_offsets.size()) - 1, reinterpret_cast<const uint8_t*>(lists->keys.data()),
          lists->key_offsets.data(), lists->list_offsets.data(), lists->rows.data(), lists->places.data()};
}
