// Runs a target without libFuzzer: seeds, kept finds, and seeded mutations of both. fuzz_NAME [FOLDER] [MUTATIONS]

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>

#include "tests/fuzz/fuzz.h"

namespace {

constexpr size_t kMaxInput = 1 << 18;

std::string mutated(const std::vector<std::string>& corpus, std::mt19937_64& random) {
    static constexpr uint64_t kNumbers[] = {
        0, 1, 0x7f, 0x80, 0xff, 0x7fffffff, 0x80000000, 0xffffffff, 1ull << 40, 0x7fffffffffffffff, ~0ull, ~0ull - 7};
    std::string input = corpus[random() % corpus.size()];
    for (uint64_t change = 0, changes = 1 + random() % 4; change < changes; ++change) {
        if (input.empty()) {
            input.push_back(static_cast<char>(random()));
            continue;
        }
        const size_t at = random() % input.size();
        switch (random() % 7) {
            case 0:
                input[at] = static_cast<char>(random());
                break;
            case 1:
                input[at] = static_cast<char>(input[at] ^ (1 << (random() % 8)));
                break;
            case 2:
                input.resize(at);
                break;
            case 3:
                input.erase(at, 1 + random() % 16);
                break;
            case 4:
                input.insert(at, input.substr(random() % input.size(), random() % 64));
                break;
            case 5: {
                const uint64_t number = kNumbers[random() % std::size(kNumbers)];
                const size_t width = std::min(input.size() - at, size_t{1} << (random() % 4));
                std::memcpy(input.data() + at, &number, width);
                break;
            }
            default: {
                const std::string& other = corpus[random() % corpus.size()];
                input = input.substr(0, at) + other.substr(other.empty() ? 0 : random() % other.size());
                break;
            }
        }
    }
    input.resize(std::min(input.size(), kMaxInput));
    return input;
}

void run(const std::string& input) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::string> corpus = fuzzSeeds();
    if (argc > 1 && std::filesystem::is_directory(argv[1])) {
        for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
            std::ifstream file(entry.path(), std::ios::binary);
            corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
        }
    }
    corpus.emplace_back();
    for (const std::string& input : corpus) {
        run(input);
    }
    std::mt19937_64 random(1);
    const long mutations = argc > 2 ? std::atol(argv[2]) : 1000;
    for (long i = 0; i < mutations; ++i) {
        run(mutated(corpus, random));
    }
    std::printf("%zu inputs, %ld mutations\n", corpus.size(), mutations);
    return 0;
}
