// The main() of test programs that bring none of their own. GoogleTest counts a program whose every test was skipped as
// passed; here it exits with 77, so that CTest says "Skipped", and a program with some skipped tests names their number
// at its end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

int main(int argc, char** argv) {
    constexpr int kSkipped = 77;
    testing::InitGoogleMock(&argc, argv);
    const int result = RUN_ALL_TESTS();
    const testing::UnitTest& all = *testing::UnitTest::GetInstance();
    if (result == 0 && all.skipped_test_count() > 0) {
        std::printf("%d of %d tests could not be run here\n", all.skipped_test_count(), all.test_to_run_count());
        return all.successful_test_count() == 0 ? kSkipped : 0;
    }
    return result;
}
