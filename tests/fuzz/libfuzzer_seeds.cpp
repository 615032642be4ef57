// libFuzzer programs: fuzz_NAME --write-seeds FOLDER writes the inputs that a campaign starts from.

#include <cstdlib>
#include <cstring>
#include <fstream>

#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
    if (*argc != 3 || std::strcmp((*argv)[1], "--write-seeds") != 0) {
        return 0;
    }
    const std::filesystem::path folder = (*argv)[2];
    std::filesystem::create_directories(folder);
    int number = 0;
    for (const std::string& seed : fuzzSeeds()) {
        std::ofstream file(folder / ("seed" + std::to_string(number++)), std::ios::binary);
        if (!(file << seed)) {
            std::exit(1);
        }
    }
    std::exit(number > 0 ? 0 : 1);
}
