#include "engine/eval/qa_score.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <numeric>
#include <random>
#include <sstream>

namespace lectern {
namespace {

std::vector<std::string> wordsOf(const std::string& normalized) {
    std::istringstream stream(normalized);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) {
        words.push_back(word);
    }
    return words;
}

double tokenF1(const std::string& predicted, const std::string& accepted) {
    const std::vector<std::string> a = wordsOf(predicted), b = wordsOf(accepted);
    if (a.empty() || b.empty()) {
        return a.empty() && b.empty() ? 1.0 : 0.0;
    }
    std::map<std::string, int> counts;
    for (const std::string& word : b) {
        ++counts[word];
    }
    double common = 0;
    for (const std::string& word : a) {
        common += counts[word]-- > 0 ? 1 : 0;
    }
    if (common == 0) {
        return 0;
    }
    const double precision = common / static_cast<double>(a.size()), recall = common / static_cast<double>(b.size());
    return 2 * precision * recall / (precision + recall);
}

}  // namespace

std::string normalizedForScore(std::string_view text) {
    std::string plain;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80 || std::ispunct(byte) == 0) {
            plain.push_back(byte < 0x80 ? static_cast<char>(std::tolower(byte)) : c);
        }
    }
    std::string out;
    for (const std::string& word : wordsOf(plain)) {
        if (word != "a" && word != "an" && word != "the") {
            out += (out.empty() ? "" : " ") + word;
        }
    }
    return out;
}

QaScore scoreAnswer(std::string_view predicted, std::span<const std::string> accepted, std::string_view refusal) {
    const std::string given = normalizedForScore(predicted);
    if (accepted.empty()) {
        const bool refused = given.empty() || given == normalizedForScore(refusal);
        return {refused ? 1.0 : 0.0, refused ? 1.0 : 0.0};
    }
    QaScore best;
    for (const std::string& answer : accepted) {
        const std::string wanted = normalizedForScore(answer);
        best.exact = std::max(best.exact, given == wanted ? 1.0 : 0.0);
        best.f1 = std::max(best.f1, tokenF1(given, wanted));
    }
    return best;
}

MeanInterval bootstrapMean(std::span<const double> values, uint64_t seed) {
    constexpr int kResamples = 2000;
    constexpr double kTail = 0.025;
    if (values.empty()) {
        return {};
    }
    const auto count = static_cast<double>(values.size());
    std::mt19937_64 random(seed);
    std::vector<double> means;
    for (int resample = 0; resample < kResamples; ++resample) {
        double sum = 0;
        for (size_t i = 0; i < values.size(); ++i) {
            sum += values[random() % values.size()];
        }
        means.push_back(sum / count);
    }
    std::sort(means.begin(), means.end());
    const auto at = [&](double share) { return means[static_cast<size_t>(share * (kResamples - 1))]; };
    return {std::accumulate(values.begin(), values.end(), 0.0) / count, at(kTail), at(1 - kTail)};
}

}  // namespace lectern
