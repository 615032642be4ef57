#include "app/ingest/text_decoder.h"

#include <iconv.h>
#include <uchardet.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace lectern::app {
namespace {

constexpr size_t kSniffBytes = 32 * 1024;
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

/// Length of the valid UTF-8 character at `position`, 0 where there is none.
size_t characterLength(std::string_view text, size_t position) {
    const auto at = [&](size_t i) { return static_cast<uint8_t>(text[position + i]); };
    const uint8_t lead = at(0);
    if (lead < 0x80) {
        return 1;
    }
    const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || position + length > text.size()) {
        return 0;
    }
    for (size_t i = 1; i < length; ++i) {
        if ((at(i) & 0xc0) != 0x80) {
            return 0;
        }
    }
    const bool overlong = (lead == 0xe0 && at(1) < 0xa0) || (lead == 0xf0 && at(1) < 0x90);
    const bool surrogate = lead == 0xed && at(1) >= 0xa0;
    const bool tooLarge = lead == 0xf4 && at(1) >= 0x90;
    return overlong || surrogate || tooLarge ? 0 : length;
}

bool isValidUtf8(std::string_view text) {
    for (size_t i = 0; i < text.size();) {
        const size_t length = characterLength(text, i);
        if (length == 0) {
            return false;
        }
        i += length;
    }
    return true;
}

/// Encoding named by a byte order mark and the mark's length.
std::pair<const char*, size_t> byteOrderMark(std::string_view bytes) {
    using namespace std::string_view_literals;
    if (bytes.starts_with("\xef\xbb\xbf"sv)) {
        return {"UTF-8", 3};
    }
    if (bytes.starts_with("\xff\xfe\0\0"sv)) {
        return {"UTF-32LE", 4};
    }
    if (bytes.starts_with("\0\0\xfe\xff"sv)) {
        return {"UTF-32BE", 4};
    }
    if (bytes.starts_with("\xff\xfe"sv)) {
        return {"UTF-16LE", 2};
    }
    if (bytes.starts_with("\xfe\xff"sv)) {
        return {"UTF-16BE", 2};
    }
    return {nullptr, 0};
}

std::string detectedEncoding(std::string_view bytes) {
    const std::unique_ptr<uchardet, void (*)(uchardet_t)> detector(uchardet_new(), uchardet_delete);
    if (uchardet_handle_data(detector.get(), bytes.data(), std::min<size_t>(bytes.size(), size_t{4} << 20)) != 0) {
        return {};
    }
    uchardet_data_end(detector.get());
    return uchardet_get_charset(detector.get());
}

Result<std::string> convert(std::string_view bytes, const char* encoding) {
    iconv_t converter = iconv_open("UTF-8", encoding);
    if (converter == reinterpret_cast<iconv_t>(-1)) {
        return Error{ErrorCode::Unsupported, std::string("The text's encoding ") + encoding + " is not known here."};
    }
    std::string out;
    char* input = const_cast<char*>(bytes.data());
    size_t left = bytes.size();
    char buffer[16 * 1024];
    while (left > 0) {
        char* output = buffer;
        size_t room = sizeof buffer;
        const size_t code = iconv(converter, &input, &left, &output, &room);
        out.append(buffer, sizeof buffer - room);
        if (code == static_cast<size_t>(-1) && errno != E2BIG) {
            out += kReplacement;
            ++input;  // an unknown or incomplete sequence costs one byte
            --left;
        }
    }
    iconv_close(converter);
    return out;
}

std::string withUnixLines(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\r') {
            out.push_back(text[i]);
        } else if (i + 1 >= text.size() || text[i + 1] != '\n') {
            out.push_back('\n');
        }
    }
    return out;
}

}  // namespace

bool looksBinary(std::string_view bytes) {
    if (byteOrderMark(bytes).first != nullptr) {
        return false;
    }
    const std::string_view head = bytes.substr(0, kSniffBytes);
    int64_t controls = 0;
    for (const char c : head) {
        const auto byte = static_cast<uint8_t>(c);
        if (byte == 0) {
            return true;
        }
        const bool usual = byte == '\n' || byte == '\r' || byte == '\t' || byte == '\f' || byte == '\b' || byte == 0x1b;
        controls += byte < 0x20 && !usual ? 1 : 0;
    }
    return controls * 50 > static_cast<int64_t>(head.size());
}

Result<DecodedText> decodeText(std::string_view bytes, const std::string& declaredEncoding) {
    if (looksBinary(bytes)) {
        return Error{ErrorCode::Unsupported, "The file holds binary data, not text."};
    }
    const auto [marked, markBytes] = byteOrderMark(bytes);
    const std::string_view body = bytes.substr(markBytes);
    if ((marked == nullptr || std::string_view(marked) == "UTF-8") && isValidUtf8(body)) {
        return DecodedText{withUnixLines(body), "UTF-8"};
    }
    if (marked == nullptr && !declaredEncoding.empty()) {
        if (const Result<std::string> converted = convert(body, declaredEncoding.c_str())) {
            return DecodedText{withUnixLines(*converted), declaredEncoding};
        }
    }
    const std::string encoding = marked != nullptr ? std::string(marked) : detectedEncoding(body);
    if (encoding.empty()) {
        return Error{ErrorCode::Unsupported, "The file's text encoding could not be recognised."};
    }
    LECTERN_ASSIGN(const std::string converted, convert(body, encoding.c_str()));
    return DecodedText{withUnixLines(converted), encoding};
}

}  // namespace lectern::app
