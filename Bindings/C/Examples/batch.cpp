// Verifies many proofs together, in C++17: batch SNAPSHOT AUDIENCE SECONDS PROOF…
//
//     c++ -std=c++17 batch.cpp $(pkg-config --cflags --libs solvency) -o batch
#include <solvency.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct CatalogDeleter {
  void operator()(solvency_catalog *catalog) const { solvency_catalog_free(catalog); }
};
using Catalog = std::unique_ptr<solvency_catalog, CatalogDeleter>;

std::string read(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + ": no such file");
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::uint8_t *bytes(const std::string &text) { return reinterpret_cast<const std::uint8_t *>(text.data()); }

// Calls a function with a buffer for its message, and throws what it says.
template <typename Function, typename... Arguments>
void call(Function function, Arguments... arguments) {
  solvency_buffer error{};
  if (function(arguments..., &error) == SOLVENCY_OK) return;
  std::string message(reinterpret_cast<const char *>(error.bytes), error.count);
  solvency_buffer_free(&error);
  throw std::runtime_error(message);
}

}  // namespace

int main(int count, char **arguments) try {
  if (count < 5) {
    std::cerr << "usage: " << arguments[0] << " SNAPSHOT AUDIENCE SECONDS PROOF…\n";
    return SOLVENCY_USAGE;
  }
  solvency_catalog *raw = nullptr;
  call(solvency_catalog_create, std::size_t{0}, &raw);
  const Catalog catalog(raw);
  call(solvency_catalog_add_shipped_circuits, catalog.get());
  const auto snapshot = read(arguments[1]);
  call(solvency_catalog_add_snapshot, catalog.get(), bytes(snapshot), snapshot.size(), nullptr);

  std::vector<std::string> proofs;
  for (int index = 4; index < count; ++index) proofs.push_back(read(arguments[index]));
  std::vector<const std::uint8_t *> pointers;
  std::vector<std::size_t> sizes;
  for (const auto &proof : proofs) {
    pointers.push_back(bytes(proof));
    sizes.push_back(proof.size());
  }
  const std::string audience = arguments[2];
  solvency_expectations expectations = SOLVENCY_EXPECTATIONS;
  expectations.now = std::stoull(arguments[3]);
  expectations.audience = audience.data();
  expectations.audience_count = audience.size();
  std::vector<solvency_verdict> verdicts(proofs.size());
  std::vector<std::uint32_t> accounts(proofs.size()), circuits(proofs.size());
  solvency_names names{accounts.data(), circuits.data(), {}};
  call(
      solvency_verify_many, static_cast<const solvency_catalog *>(catalog.get()),
      static_cast<const solvency_expectations *>(&expectations), pointers.data(),
      static_cast<const std::size_t *>(sizes.data()), proofs.size(), verdicts.data(), &names);

  std::size_t place = 0;
  bool accepted = true;
  const auto *text = reinterpret_cast<const char *>(names.text.bytes);
  for (std::size_t index = 0; index < proofs.size(); ++index) {
    std::cout << std::string(text + place, accounts[index]) << ": " << solvency_verdict_name(verdicts[index]) << '\n';
    place += accounts[index] + circuits[index];
    accepted = accepted && verdicts[index] == SOLVENCY_ACCEPTED;
  }
  solvency_buffer_free(&names.text);
  return accepted ? SOLVENCY_OK : SOLVENCY_REFUSED;
} catch (const std::exception &error) {
  std::cerr << error.what() << '\n';
  return SOLVENCY_MALFORMED;
}
