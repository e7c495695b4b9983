// The direct C++ call that the managed dispatch is measured against.
#include <ATen/ATen.h>

#include <chrono>

extern "C" double direct_add_nanoseconds(int count) {
  at::NoGradGuard no_grad;
  const auto a = at::ones({4, 4});
  const auto b = at::ones({4, 4});
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < count; i++) at::add(a, b);
  const std::chrono::duration<double, std::nano> elapsed = std::chrono::steady_clock::now() - start;
  return elapsed.count() / count;
}
