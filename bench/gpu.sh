#!/usr/bin/env bash
# Measures facecom on an NVIDIA GPU: its CUDA TensorFlow and its WebGPU backend (over the GPU's Vulkan driver), each against PyTorch
# on the same GPU: images a second, how busy the GPU was, and the GPU memory of each process.
#
#   bench/gpu.sh [--device gpu:0] [--out FOLDER] [--rounds N] [--dry-run]
#   checks ─▶ npm ci ─▶ facecom setup --cuda ─▶ bench step and memory, a process for each batch and backend ─▶ FOLDER/results.{jsonl,md}
#
# What is missing is fetched through npm and pip: into node_modules and the user's cache folder, about 11 GB.
# Exit codes: 0 measured; 1 a part failed, the others were measured; 2 nothing was measured, something is missing; 130 interrupted.
set -euo pipefail
cd "$(dirname "$0")/.."

device=gpu:0
out=.cache/bench-gpu
rounds=5
dry=
# As bench/support/shapes.ts names them: 16 × 112², 32 × 224², 256 × 112².
batches=(16 32 256)

usage() {
  echo "$1" >&2
  echo 'Usage: bench/gpu.sh [--device gpu:0] [--out FOLDER] [--rounds N] [--dry-run]' >&2
  exit 2
}

while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) dry=1 ;;
    --device | --out | --rounds)
      [ $# -ge 2 ] || usage "$1 needs a value."
      case $1 in
        --device) device=$2 ;;
        --out) out=$2 ;;
        --rounds) rounds=$2 ;;
      esac
      shift
      ;;
    *) usage "There is no option $1." ;;
  esac
  shift
done
[[ $device =~ ^gpu:[0-9]+$ ]] || usage "--device takes a GPU such as gpu:0, found $device."
[[ $rounds =~ ^[1-9][0-9]*$ ]] || usage "--rounds takes a whole number above 0, found $rounds."

# ── what must be there ──

missing=()
has() { command -v "$1" >/dev/null 2>&1; }

[ "$(uname -sm)" = 'Linux x86_64' ] || missing+=("Linux on x86_64: TensorFlow's CUDA wheel is for nothing else; this is $(uname -sm)")
has node && node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 11) ? 0 : 1)' ||
  missing+=('Node 20.11 or newer')
has npm || missing+=('npm')
has uv || { has python3 && python3 -c 'import sys, venv; sys.exit(sys.version_info < (3, 9))' >/dev/null 2>&1; } ||
  missing+=('Python 3.9 or newer with venv, or uv')
gpu=
if ! has nvidia-smi; then
  missing+=('an NVIDIA GPU: there is no nvidia-smi, which comes with the driver')
elif ! gpu=$(nvidia-smi -i "${device#gpu:}" --query-gpu=name,driver_version --format=csv,noheader 2>&1); then
  missing+=("an NVIDIA GPU $device: nvidia-smi says: ${gpu%%$'\n'*}")
fi
if [ ${#missing[@]} -gt 0 ]; then
  echo 'Nothing was measured. This is missing:' >&2
  printf '  %s\n' "${missing[@]}" >&2
  exit 2
fi
export FACECOM_BENCH_GPU="${gpu/, / with driver }"
echo "$device: $FACECOM_BENCH_GPU" >&2

# ── commands, one at a time; what runs is ended with this script ──

child=
finish() {
  [ -n "$child" ] || return 0
  kill "$child" 2>/dev/null || true
  wait "$child" 2>/dev/null || true
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# Runs a command; its standard output is added to the first argument, a file, or goes with the rest to the terminal where that is
# empty. In the background, so that a signal is seen at once.
run() {
  local to=$1 status=0
  shift
  if [ -n "$dry" ]; then
    printf '%q ' "$@"
    [ -z "$to" ] || printf '>> %q' "$to"
    echo
    return 0
  fi
  echo "== $*" >&2
  if [ -n "$to" ]; then "$@" >>"$to" & else "$@" >&2 & fi
  child=$!
  wait "$child" || status=$?
  child=
  return "$status"
}

failed=()
# measure BACKEND BENCH BATCH
measure() {
  local only="$2 $3 "
  run "$out/results.jsonl" node --import tsx bench/run.ts "$2" --json \
    --device "$device" --backend "$1" --rounds "$rounds" --only "$only" || failed+=("$1, $only")
}

[ -d node_modules/tsx ] || run '' npm ci --no-audit --no-fund
run '' node bin/facecom.mjs setup --cuda
if [ -z "$dry" ]; then
  mkdir -p "$out"
  : >"$out/results.jsonl"
  : >"$out/results.md"
fi
for batch in "${batches[@]}"; do
  measure tensorflow step "$batch"
  measure tensorflow memory "$batch"
done
# Other Vulkan drivers compute on the CPU: their figures would say nothing.
if run '' node --import tsx bench/support/adapter.ts nvidia; then
  for batch in "${batches[@]}"; do
    measure webgpu step "$batch"
    measure webgpu memory "$batch"
  done
else
  failed+=('webgpu: no Vulkan driver of the GPU (libvulkan.so.1 and its nvidia_icd.json; in a container, the driver capability graphics)')
fi
run "$out/results.md" node --import tsx bench/support/gpu-table.ts "$out/results.jsonl"
[ -n "$dry" ] || { cat "$out/results.md"; echo "Results: $out/results.jsonl, $out/results.md" >&2; }
if [ ${#failed[@]} -gt 0 ]; then
  echo 'Not measured:' >&2
  printf '  %s\n' "${failed[@]}" >&2
  exit 1
fi
