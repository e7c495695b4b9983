// C ABI over libtorch for the managed wrappers. One door, `shim_call`, runs any operator of ATen's
// dispatcher by handle; beside it stands only what is no operator. Builds against libtorch 1.13 and later.
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>
#include <torch/cuda.h>
#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/MapAllocator.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/InferenceMode.h>

#ifdef __SSE__
#include <xmmintrin.h>
#endif

#include <cstring>
#include <sstream>
#include <string>
#include <vector>

namespace {

// One argument or result. Lists lie in 8-byte words at `words`, `count` of them.
enum Tag : int32_t {
  kDefault = 0, kNone, kTensor, kInt, kDouble, kBool, kInts, kDoubles, kTensors, kOptionalTensors,
  kString, kDevice, kGenerator
};

struct Value {
  int32_t tag;
  int32_t count;
  union {
    int64_t i;
    double d;
    at::Tensor* tensor;
    at::Generator* generator;
    const int64_t* words;
  };
};

struct Op {
  c10::OperatorHandle handle;
  std::string name;
  std::vector<c10::IValue> defaults;
  std::vector<bool> has_default;
};

thread_local std::string last_error;
thread_local std::vector<Value> results;
thread_local torch::jit::Stack stack;

std::string first_line(const char* text) {
  const char* end = std::strchr(text, '\n');
  return end ? std::string(text, end) : std::string(text);
}

// Runs `body`; an exception becomes `failed` and the text of shim_error.
template <typename R, typename F>
R guard(R failed, F body, const char* what = nullptr) noexcept {
  const auto fail = [&](const char* text) {
    last_error = (what ? std::string(what) + ": " : std::string()) + first_line(text);
    return failed;
  };
  try {
    return body();
  } catch (const c10::Error& e) {
    return fail(e.what_without_backtrace());
  } catch (const std::exception& e) {
    return fail(e.what());
  } catch (...) {
    return fail("unknown native exception");
  }
}

// Flushes denormals to zero while native code runs, and in the worker threads it starts, which inherit the mode:
// they cost a factor of 60. The caller's own arithmetic keeps its mode.
class FlushDenormals {
#ifdef __SSE__
 public:
  FlushDenormals() : previous_(_mm_getcsr()) { _mm_setcsr(previous_ | kFlushToZero | kDenormalsAreZero); }
  ~FlushDenormals() { _mm_setcsr(previous_); }

 private:
  static constexpr unsigned kFlushToZero = 0x8000, kDenormalsAreZero = 0x0040;
  const unsigned previous_;
#endif
};

// Products of bfloat16 on a CPU run without oneDNN: that of libtorch 1.13 (2.6) corrupts its own memory once more than 1024
// kernels have been made by more than one thread, which trainers of varied lengths reach.
const bool without_onednn = [] {
  at::globalContext().setUserEnabledMkldnn(false);
  return true;
}();

at::Tensor* adopt(at::Tensor tensor) {
  return tensor.defined() ? new at::Tensor(std::move(tensor)) : nullptr;
}

c10::Device device_of(int64_t packed) {
  return c10::Device(static_cast<c10::DeviceType>(packed >> 8), static_cast<c10::DeviceIndex>(packed & 0xff));
}

at::Tensor tensor_at(const int64_t* words, int i) {
  auto* tensor = reinterpret_cast<at::Tensor*>(words[i]);
  return tensor ? *tensor : at::Tensor();
}

std::vector<at::Tensor> tensors_at(const int64_t* words, int count) {
  std::vector<at::Tensor> list;
  list.reserve(count);
  for (int i = 0; i < count; i++) list.push_back(tensor_at(words, i));
  return list;
}

c10::IValue to_ivalue(const Value& v) {
  switch (v.tag) {
    case kNone: return c10::IValue();
    case kTensor: return *v.tensor;
    case kInt: return v.i;
    case kDouble: return v.d;
    case kBool: return v.i != 0;
    case kInts: return std::vector<int64_t>(v.words, v.words + v.count);
    case kDoubles: {
      auto* d = reinterpret_cast<const double*>(v.words);
      return std::vector<double>(d, d + v.count);
    }
    case kTensors: return tensors_at(v.words, v.count);
    case kOptionalTensors: {
      c10::List<c10::optional<at::Tensor>> list;
      list.reserve(v.count);
      for (int i = 0; i < v.count; i++) {
        auto tensor = tensor_at(v.words, i);
        list.push_back(tensor.defined() ? c10::optional<at::Tensor>(tensor) : c10::nullopt);
      }
      return list;
    }
    case kString: return std::string(reinterpret_cast<const char*>(v.words), v.count);
    case kDevice: return device_of(v.i);
    case kGenerator: return *v.generator;
    default: TORCH_CHECK(false, "argument tag ", v.tag, " is unknown");
  }
}

void push_result(const c10::IValue& value) {
  Value v{};
  if (value.isTensor()) {
    v.tag = kTensor;
    v.tensor = adopt(value.toTensor());
  } else if (value.isTensorList()) {
    for (const auto& item : value.toTensorVector()) push_result(item);
    return;
  } else if (value.isInt()) {
    v.tag = kInt;
    v.i = value.toInt();
  } else if (value.isDouble()) {
    v.tag = kDouble;
    v.d = value.toDouble();
  } else if (value.isBool()) {
    v.tag = kBool;
    v.i = value.toBool();
  } else {
    TORCH_CHECK(value.isNone(), "result of type ", value.tagKind(), " is not supported");
    v.tag = kNone;
  }
  results.push_back(v);
}

// "add(Float[4, 4], Float[3]): text"
std::string describe(const std::string& op, const Value* args, int count, const std::string& text) {
  std::ostringstream out;
  const char* separator = "";
  out << op << '(';
  const auto add = [&](const at::Tensor* tensor) {
    if (!tensor || !tensor->defined()) return;
    out << separator << c10::toString(tensor->scalar_type()) << tensor->sizes();
    separator = ", ";
  };
  for (int i = 0; i < count; i++) {
    if (args[i].tag == kTensor) add(args[i].tensor);
    if (args[i].tag == kTensors || args[i].tag == kOptionalTensors)
      for (int j = 0; j < args[i].count; j++) add(reinterpret_cast<at::Tensor*>(args[i].words[j]));
  }
  out << "): " << text;
  return out.str();
}

}  // namespace

#define EXPORT extern "C" __attribute__((visibility("default")))

EXPORT const char* shim_error() { return last_error.c_str(); }

// ---- the door ----

EXPORT Op* shim_find(const char* name, const char* overload) {
  return guard<Op*>(nullptr, [&] {
    auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
    auto* op = new Op{handle, name, {}, {}};
    for (const auto& argument : handle.schema().arguments()) {
      op->has_default.push_back(argument.default_value().has_value());
      op->defaults.push_back(argument.default_value().value_or(c10::IValue()));
    }
    return op;
  });
}

// Runs `op`; what follows the given arguments takes the schema's defaults. Returns the number of results, left
// in `*out` until the thread's next call, or -1. With `out` null the results are dropped (in-place operators).
EXPORT int shim_call(const Op* op, const Value* args, int count, const Value** out) {
  const auto run = [&] {
    FlushDenormals flush;
    const int wanted = static_cast<int>(op->defaults.size());
    TORCH_CHECK(count <= wanted, "takes ", wanted, " arguments, not ", count);
    for (int i = 0; i < wanted; i++) {
      if (i < count && args[i].tag != kDefault) {
        stack.push_back(to_ivalue(args[i]));
      } else {
        TORCH_CHECK(op->has_default[i], "argument ", i, " has no default");
        stack.push_back(op->defaults[i]);
      }
    }
    op->handle.callBoxed(&stack);
    results.clear();
    if (out) {
      for (const auto& value : stack) push_result(value);
      *out = results.data();
    }
    stack.clear();
    return static_cast<int>(results.size());
  };
  const int produced = guard(-1, run);
  if (produced < 0) {
    stack.clear();
    last_error = describe(op->name, args, count, last_error);
  }
  return produced;
}

// ---- tensors ----

EXPORT void shim_delete(at::Tensor* tensor) { delete tensor; }
EXPORT at::Tensor* shim_alias(at::Tensor* tensor) { return new at::Tensor(*tensor); }
EXPORT int64_t shim_dim(at::Tensor* tensor) { return tensor->dim(); }
EXPORT int64_t shim_numel(at::Tensor* tensor) { return tensor->numel(); }
EXPORT int64_t shim_element_size(at::Tensor* tensor) { return tensor->element_size(); }
EXPORT int64_t shim_storage_offset(at::Tensor* tensor) { return tensor->storage_offset(); }
EXPORT const int64_t* shim_sizes(at::Tensor* tensor) { return tensor->sizes().data(); }
EXPORT const int64_t* shim_strides(at::Tensor* tensor) { return tensor->strides().data(); }
EXPORT int shim_dtype(at::Tensor* tensor) { return static_cast<int>(tensor->scalar_type()); }
EXPORT int shim_is_contiguous(at::Tensor* tensor) { return tensor->is_contiguous(); }
EXPORT int64_t shim_device(at::Tensor* tensor) {
  return static_cast<int64_t>(tensor->device().type()) << 8 | static_cast<uint8_t>(tensor->device().index());
}
EXPORT void* shim_data(at::Tensor* tensor) {
  return guard<void*>(nullptr, [&] { return tensor->data_ptr(); }, "data");
}

// Memory-maps `size` elements from byte 0 of the file; `shared` writes through.
EXPORT at::Tensor* shim_from_file(const char* path, int shared, int64_t size, int dtype) {
  return guard<at::Tensor*>(nullptr, [&] {
    const auto type = static_cast<at::ScalarType>(dtype);
    const auto options = at::TensorOptions().dtype(type).device(at::kCPU);
    return adopt(at::from_file(path, shared != 0, size, options));
  }, "from_file");
}

// A tensor over foreign memory; `release(owner)` runs when its storage dies.
EXPORT at::Tensor* shim_from_blob(void* data, const int64_t* sizes, int dimensions, int dtype, void (*release)(void*),
                                  void* owner) {
  return guard<at::Tensor*>(nullptr, [&] {
    const auto options = at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype));
    return adopt(at::from_blob(data, at::IntArrayRef(sizes, dimensions), [=](void*) { release(owner); }, options));
  }, "from_blob");
}

// ---- autograd ----

EXPORT int shim_requires_grad(at::Tensor* tensor) { return tensor->requires_grad(); }
EXPORT int shim_is_leaf(at::Tensor* tensor) { return tensor->is_leaf(); }
EXPORT int shim_set_requires_grad(at::Tensor* tensor, int on) {
  return guard(-1, [&] { tensor->set_requires_grad(on != 0); return 0; }, "requires_grad");
}
EXPORT int shim_retain_grad(at::Tensor* tensor) {
  return guard(-1, [&] { tensor->retain_grad(); return 0; }, "retain_grad");
}
EXPORT at::Tensor* shim_grad(at::Tensor* tensor) { return adopt(tensor->grad()); }
EXPORT int shim_set_grad(at::Tensor* tensor, at::Tensor* grad) {
  return guard(-1, [&] { tensor->mutable_grad() = grad ? *grad : at::Tensor(); return 0; }, "grad");
}
EXPORT int shim_backward(const int64_t* tensors, int count, const int64_t* grads, int grad_count,
                         const int64_t* inputs, int input_count, int retain_graph, int create_graph) {
  const auto run = [&] {
    FlushDenormals flush;
    torch::autograd::backward(tensors_at(tensors, count), tensors_at(grads, grad_count), retain_graph != 0,
                              create_graph != 0, tensors_at(inputs, input_count));
    return 0;
  };
  const int status = guard(-1, run);
  if (status < 0) {
    Value roots{kTensors, count, {}};
    roots.words = tensors;
    last_error = describe("backward", &roots, 1, last_error);
  }
  return status;
}
EXPORT int shim_grad_mode() { return at::GradMode::is_enabled(); }
EXPORT void shim_set_grad_mode(int on) { at::GradMode::set_enabled(on != 0); }
EXPORT void* shim_inference_enter(int on) { return new c10::InferenceMode(on != 0); }
EXPORT void shim_inference_leave(void* mode) { delete static_cast<c10::InferenceMode*>(mode); }
EXPORT int shim_inference_mode() { return c10::InferenceMode::is_enabled(); }

// ---- random numbers ----

EXPORT void shim_manual_seed(int64_t seed) {
  auto generator = at::detail::getDefaultCPUGenerator();
  std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_current_seed(static_cast<uint64_t>(seed));
}
EXPORT int shim_cuda_manual_seed(int64_t seed) {
  return guard(-1, [&] { torch::cuda::manual_seed_all(static_cast<uint64_t>(seed)); return 0; }, "cuda.manual_seed_all");
}
EXPORT at::Generator* shim_generator(int64_t seed) {
  return new at::Generator(at::detail::createCPUGenerator(static_cast<uint64_t>(seed)));
}
EXPORT at::Generator* shim_default_generator() { return new at::Generator(at::detail::getDefaultCPUGenerator()); }
EXPORT void shim_generator_seed(at::Generator* generator, int64_t seed) {
  std::lock_guard<std::mutex> lock(generator->mutex());
  generator->set_current_seed(static_cast<uint64_t>(seed));
}
EXPORT int64_t shim_generator_initial_seed(at::Generator* generator) {
  return static_cast<int64_t>(generator->current_seed());
}
EXPORT void shim_generator_delete(at::Generator* generator) { delete generator; }

// ---- threads and devices ----

EXPORT int shim_set_num_threads(int count) {
  return guard(-1, [&] { at::set_num_threads(count); return 0; }, "set_num_threads");
}
EXPORT int shim_num_threads() { return at::get_num_threads(); }
EXPORT int shim_cuda_count() { return guard(0, [] { return static_cast<int>(torch::cuda::device_count()); }); }
EXPORT int shim_cuda_synchronize(int index) {
  return guard(-1, [&] { torch::cuda::synchronize(index); return 0; }, "cuda.synchronize");
}
EXPORT void shim_set_allow_tf32(int on) { at::globalContext().setAllowTF32CuBLAS(on != 0); }
EXPORT int shim_allow_tf32() { return at::globalContext().allowTF32CuBLAS(); }
