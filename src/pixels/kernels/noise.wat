;; Noise, 8 or 16 values at once.
(module
  (memory (export "memory") 4)
  ;; Writes `count` signed 16-bit values drawn from the 4096 at address 0, up to 7 more behind them. Two indices of 12 bits come from each
  ;; 32 bits of four SplitMix32 generators (their increment is odd, each starts elsewhere), whose states are at address 8192.
  (func (export "draw") (param $dst i32) (param $count i32)
    (local $end i32) (local $state v128) (local $z v128) (local $low v128) (local $high v128) (local $out v128)
    (local.set $end (i32.add (local.get $dst) (i32.shl (local.get $count) (i32.const 1))))
    (local.set $state (v128.load (i32.const 8192)))
    (loop $each
      (local.set $state (i32x4.add (local.get $state) (v128.const i32x4 0x9e3779b9 0x9e3779b9 0x9e3779b9 0x9e3779b9)))
      (local.set $z (v128.xor (local.get $state) (i32x4.shr_u (local.get $state) (i32.const 16))))
      (local.set $z (i32x4.mul (local.get $z) (v128.const i32x4 0x21f0aaad 0x21f0aaad 0x21f0aaad 0x21f0aaad)))
      (local.set $z (v128.xor (local.get $z) (i32x4.shr_u (local.get $z) (i32.const 15))))
      (local.set $z (i32x4.mul (local.get $z) (v128.const i32x4 0x735a2d97 0x735a2d97 0x735a2d97 0x735a2d97)))
      (local.set $z (v128.xor (local.get $z) (i32x4.shr_u (local.get $z) (i32.const 15))))
      ;; Byte addresses of the values: twice the index.
      (local.set $z (v128.and (local.get $z) (v128.const i16x8 0x1ffe 0x1ffe 0x1ffe 0x1ffe 0x1ffe 0x1ffe 0x1ffe 0x1ffe)))
      (local.set $out (v128.load16_lane 0 (i16x8.extract_lane_u 0 (local.get $z)) (local.get $out)))
      (local.set $out (v128.load16_lane 1 (i16x8.extract_lane_u 1 (local.get $z)) (local.get $out)))
      (local.set $out (v128.load16_lane 2 (i16x8.extract_lane_u 2 (local.get $z)) (local.get $out)))
      (local.set $out (v128.load16_lane 3 (i16x8.extract_lane_u 3 (local.get $z)) (local.get $out)))
      (local.set $out (v128.load16_lane 4 (i16x8.extract_lane_u 4 (local.get $z)) (local.get $out)))
      (local.set $out (v128.load16_lane 5 (i16x8.extract_lane_u 5 (local.get $z)) (local.get $out)))
      (local.set $out (v128.load16_lane 6 (i16x8.extract_lane_u 6 (local.get $z)) (local.get $out)))
      (local.set $out (v128.load16_lane 7 (i16x8.extract_lane_u 7 (local.get $z)) (local.get $out)))
      (v128.store align=1 (local.get $dst) (local.get $out))
      (local.set $dst (i32.add (local.get $dst) (i32.const 16)))
      (br_if $each (i32.lt_u (local.get $dst) (local.get $end)))))
  ;; Adds (noise[i] scale) / 2^19 to each of `length` bytes, rounded and clipped; noise and scale are signed 16 bits. Up to 15 bytes
  ;; behind the picture are overwritten.
  (func (export "add") (param $at i32) (param $length i32) (param $noise i32) (param $scale i32)
    (local $end i32) (local $v v128) (local $factor v128)
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    (local.set $factor (i16x8.splat (local.get $scale)))
    (loop $each
      (local.set $v (v128.load align=1 (local.get $at)))
      (v128.store align=1 (local.get $at)
        (i8x16.narrow_i16x8_u
          (i16x8.shr_s (i16x8.add (v128.const i16x8 8 8 8 8 8 8 8 8) (i16x8.add
            (i16x8.shl (i16x8.extend_low_i8x16_u (local.get $v)) (i32.const 4))
            (i16x8.q15mulr_sat_s (local.get $factor) (v128.load align=1 (local.get $noise))))) (i32.const 4))
          (i16x8.shr_s (i16x8.add (v128.const i16x8 8 8 8 8 8 8 8 8) (i16x8.add
            (i16x8.shl (i16x8.extend_high_i8x16_u (local.get $v)) (i32.const 4))
            (i16x8.q15mulr_sat_s (local.get $factor) (v128.load offset=16 align=1 (local.get $noise))))) (i32.const 4))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (local.set $noise (i32.add (local.get $noise) (i32.const 32)))
      (br_if $each (i32.lt_u (local.get $at) (local.get $end))))))
