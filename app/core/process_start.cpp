#include "app/core/process_start.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace lectern::app {

int64_t processStart(int64_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    const std::string line((std::istreambuf_iterator<char>(file)), {});
    const size_t name = line.rfind(')');  // field 2, which may hold anything
    if (name == std::string::npos) {
        return 0;
    }
    std::istringstream fields(line.substr(name + 1));
    std::string field;
    constexpr int kStateField = 3, kStartField = 22;  // proc(5)
    for (int i = kStateField; i <= kStartField && fields >> field; ++i) {
        if (i == kStateField && field == "Z") {
            return 0;  // it has ended, its parent has not asked
        }
    }
    return fields ? std::strtoll(field.c_str(), nullptr, 10) : 0;
}

}  // namespace lectern::app
