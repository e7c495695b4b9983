#!/usr/bin/env bash
# Compiles the shim into build/. LIBTORCH=/path names another libtorch than the system's, a CUDA one for instance.
set -euo pipefail
cd "$(dirname "$0")"
if [[ -n "${LIBTORCH:-}" ]]; then
  includes=(-I"$LIBTORCH/include" -I"$LIBTORCH/include/torch/csrc/api/include")
  libs="$LIBTORCH/lib"
  link=(-L"$libs" -Wl,-rpath,"$libs")
  [[ -f "$LIBTORCH/include/ATen/ATen.h" ]] || { echo "libtorch not found in LIBTORCH=$LIBTORCH" >&2; exit 1; }
else
  includes=(-I/usr/include/torch/csrc/api/include)
  libs="$(dirname "$(readlink -f "$(ls /usr/lib/*/libtorch_cpu.so 2>/dev/null | head -n 1)" 2>/dev/null || echo /)")"
  link=()
  [[ -f /usr/include/ATen/ATen.h && -e "$libs/libtorch_cpu.so" ]] || { echo "libtorch not found: run ./r1 setup" >&2; exit 1; }
fi
cuda=()
[[ -e "$libs/libtorch_cuda.so" ]] && cuda=(-Wl,--no-as-needed -ltorch_cuda -lc10_cuda)
mkdir -p build
# Written aside and renamed: a second build at the same time sees a whole file or none.
out="$(mktemp build/libtorchshim.XXXXXX)"
trap 'rm -f "$out"' EXIT
"${CXX:-g++}" -std=c++17 -O2 -fPIC -shared -fvisibility=hidden -Wall -Wno-sign-compare "${includes[@]}" shim.cpp -o "$out" \
  "${link[@]}" "${cuda[@]}" -ltorch -ltorch_cpu -lc10
chmod 755 "$out"
mv "$out" build/libtorchshim.so
