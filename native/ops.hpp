// The words of a program. Every node is [op, length, operand …]; nothing else is in this file, because it is compiled
// for several processors.
#pragma once
#include <cstdint>

namespace palabre {

enum Op : int32_t {
  LEAF = 0,      // leaf
  ANY = 1,       // leaf …: one of them; here and in NONE a multiple of four, the last one repeated
  ALL = 2,       // node …
  SOME = 3,      // node …: one of them
  NOT = 4,       // node
  NONE = 5,      // leaf …: not one of them
  COUNT = 6,     // least, node …: so many of them
  PROOF = 7,     // node (what must be there at all), node (where it must stand)
  LITERAL = 8,   // leaf: candidates, then the very characters
  NEVER = 9,
  ALWAYS = 10,
  // Nodes with a position; a LEAF is one too.
  PHRASE = 20,   // leaf …
  WINDOW = 21,   // words, leaf …
  EITHER = 22,   // node …
  NEAR = 23,     // words, ordered, left, right
  SENTENCE = 24, // ordered, left, right
};

}  // namespace palabre
