;; Philox 4×32 with ten rounds (Salmon et al., 2011), four blocks of its counter at once.
(module
  (memory (export "memory") 1)
  ;; Writes 16 · `groups` floats in [0, 1) from address 0 on: 23 bits of each word of the blocks 0, 1, 2, … under the key (k0, k1),
  ;; where the upper half of the counter is (u0, u1).
  (func (export "uniform") (param $k0 i32) (param $k1 i32) (param $u0 i32) (param $u1 i32) (param $groups i32)
    (local $at i32) (local $block i32) (local $round i32) (local $key0 i32) (local $key1 i32)
    (local $c0 v128) (local $c1 v128) (local $c2 v128) (local $c3 v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $m0 v128) (local $m1 v128)
    (local.set $m0 (i32x4.splat (i32.const 0xd2511f53)))
    (local.set $m1 (i32x4.splat (i32.const 0xcd9e8d57)))
    (block $none
      (br_if $none (i32.eqz (local.get $groups)))
      (loop $each
        (local.set $c0 (i32x4.add (i32x4.splat (local.get $block)) (v128.const i32x4 0 1 2 3)))
        (local.set $c1 (v128.const i32x4 0 0 0 0))
        (local.set $c2 (i32x4.splat (local.get $u0)))
        (local.set $c3 (i32x4.splat (local.get $u1)))
        (local.set $key0 (local.get $k0))
        (local.set $key1 (local.get $k1))
        (local.set $round (i32.const 10))
        (loop $rounds
          (local.set $a (i64x2.extmul_low_i32x4_u (local.get $c0) (local.get $m0)))
          (local.set $b (i64x2.extmul_high_i32x4_u (local.get $c0) (local.get $m0)))
          (local.set $c (i64x2.extmul_low_i32x4_u (local.get $c2) (local.get $m1)))
          (local.set $d (i64x2.extmul_high_i32x4_u (local.get $c2) (local.get $m1)))
          ;; The upper words of the products, then the lower ones.
          (local.set $c0 (v128.xor (v128.xor
            (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $c) (local.get $d))
            (local.get $c1)) (i32x4.splat (local.get $key0))))
          (local.set $c1 (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $c) (local.get $d)))
          (local.set $c2 (v128.xor (v128.xor
            (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $a) (local.get $b))
            (local.get $c3)) (i32x4.splat (local.get $key1))))
          (local.set $c3 (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $a) (local.get $b)))
          (local.set $key0 (i32.add (local.get $key0) (i32.const 0x9e3779b9)))
          (local.set $key1 (i32.add (local.get $key1) (i32.const 0xbb67ae85)))
          (local.set $round (i32.sub (local.get $round) (i32.const 1)))
          (br_if $rounds (local.get $round)))
        ;; 23 bits as the fraction of a float32 between 1 and 2, less 1.
        (local.set $c0 (call $float (local.get $c0)))
        (local.set $c1 (call $float (local.get $c1)))
        (local.set $c2 (call $float (local.get $c2)))
        (local.set $c3 (call $float (local.get $c3)))
        ;; Each block's four words lie side by side.
        (local.set $a (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $c0) (local.get $c1)))
        (local.set $b (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $c0) (local.get $c1)))
        (local.set $c (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $c2) (local.get $c3)))
        (local.set $d (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $c2) (local.get $c3)))
        (v128.store (local.get $at)
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $a) (local.get $c)))
        (v128.store offset=16 (local.get $at)
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $a) (local.get $c)))
        (v128.store offset=32 (local.get $at)
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $b) (local.get $d)))
        (v128.store offset=48 (local.get $at)
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $b) (local.get $d)))
        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (local.set $block (i32.add (local.get $block) (i32.const 4)))
        (local.set $groups (i32.sub (local.get $groups) (i32.const 1)))
        (br_if $each (local.get $groups)))))
  (func $float (param $words v128) (result v128)
    (f32x4.sub
      (v128.or (v128.and (local.get $words) (v128.const i32x4 0x7fffff 0x7fffff 0x7fffff 0x7fffff))
        (v128.const i32x4 0x3f800000 0x3f800000 0x3f800000 0x3f800000))
      (v128.const f32x4 1 1 1 1))))
