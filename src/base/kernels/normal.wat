;; Normal numbers by Box and Muller (1958), two pairs at once; logarithm, sine and cosine as in fdlibm (Sun Microsystems, 1993).
(module
  (memory (export "memory") 1)
  (global $a (mut i32) (i32.const 0))
  (global $b (mut i32) (i32.const 0))
  (global $c (mut i32) (i32.const 0))
  (global $d (mut i32) (i32.const 0))
  ;; Writes 4 · `groups` floats from address 16 on: radius · cos, radius · sin of each pair, times the deviation. The four words at address 0
  ;; are the state of the generator, before and after.
  (func (export "normals") (param $groups i32) (param $deviation f64)
    (local $at i32) (local $bits v128) (local $k v128) (local $f v128) (local $s v128) (local $z v128) (local $half v128)
    (local $radius v128) (local $n v128) (local $y v128) (local $tail v128) (local $sin v128) (local $cos v128)
    (local $first v128) (local $scale v128)
    (global.set $a (i32.load (i32.const 0)))
    (global.set $b (i32.load offset=4 (i32.const 0)))
    (global.set $c (i32.load offset=8 (i32.const 0)))
    (global.set $d (i32.load offset=12 (i32.const 0)))
    (local.set $at (i32.const 16))
    (local.set $scale (f64x2.splat (local.get $deviation)))
    (block $none
      (br_if $none (i32.eqz (local.get $groups)))
      (loop $each
        (local.set $f (f64x2.splat (call $uniform)))
        (local.set $y (f64x2.splat (call $uniform)))
        (local.set $f (f64x2.replace_lane 1 (local.get $f) (call $uniform)))
        (local.set $y (f64x2.replace_lane 1 (local.get $y) (call $uniform)))
        ;; The logarithm of x = 1 − u = 2^k (1 + f), where 1 + f is between √½ and √2.
        (local.set $bits
          (i64x2.add (f64x2.sub (v128.const f64x2 1.0 1.0) (local.get $f)) (v128.const i64x2 0x00095f6200000000 0x00095f6200000000)))
        (local.set $k (i64x2.sub (i64x2.shr_u (local.get $bits) (i32.const 52)) (v128.const i64x2 1023 1023)))
        (local.set $k (f64x2.convert_low_i32x4_s
          (i8x16.shuffle 0 1 2 3 8 9 10 11 0 1 2 3 8 9 10 11 (local.get $k) (local.get $k))))
        (local.set $f
          (f64x2.sub (i64x2.add (v128.and (local.get $bits) (v128.const i64x2 0x000fffffffffffff 0x000fffffffffffff))
          (v128.const i64x2 0x3fe6a09e00000000 0x3fe6a09e00000000)) (v128.const f64x2 1.0 1.0)))
        (local.set $s (f64x2.div (local.get $f) (f64x2.add (v128.const f64x2 2.0 2.0) (local.get $f))))
        (local.set $z (f64x2.mul (local.get $s) (local.get $s)))
        (local.set $half (f64x2.mul (f64x2.mul (v128.const f64x2 0.5 0.5) (local.get $f)) (local.get $f)))
        (local.set $z
          (f64x2.mul (local.get $z) (f64x2.add (v128.const f64x2 0.6666666666666735 0.6666666666666735) (f64x2.mul (local.get $z) (f64x2.add
          (v128.const f64x2 0.3999999999940942 0.3999999999940942) (f64x2.mul (local.get $z) (f64x2.add
          (v128.const f64x2 0.2857142874366239 0.2857142874366239) (f64x2.mul (local.get $z) (f64x2.add
          (v128.const f64x2 0.22222198432149784 0.22222198432149784) (f64x2.mul (local.get $z) (f64x2.add
          (v128.const f64x2 0.1818357216161805 0.1818357216161805) (f64x2.mul (local.get $z) (f64x2.add
          (v128.const f64x2 0.15313837699209373 0.15313837699209373) (f64x2.mul (local.get $z)
          (v128.const f64x2 0.14798198605116586 0.14798198605116586)))))))))))))))
        (local.set $radius
          (f64x2.sub (f64x2.mul (local.get $k) (v128.const f64x2 0.6931471803691238 0.6931471803691238)) (f64x2.sub (f64x2.sub
          (local.get $half) (f64x2.add (f64x2.mul (local.get $s) (f64x2.add (local.get $half) (local.get $z))) (f64x2.mul
          (local.get $k) (v128.const f64x2 1.9082149292705877e-10 1.9082149292705877e-10)))) (local.get $f))))
        (local.set $radius (f64x2.sqrt (f64x2.mul (v128.const f64x2 -2.0 -2.0) (local.get $radius))))
        ;; Sine and cosine of 2πu, from what is left to the nearest multiple of π/2, in two parts.
        (local.set $y (f64x2.mul (v128.const f64x2 6.283185307179586 6.283185307179586) (local.get $y)))
        (local.set $n (f64x2.nearest (f64x2.mul (local.get $y) (v128.const f64x2 0.6366197723675814 0.6366197723675814))))
        (local.set $first (f64x2.sub (local.get $y) (f64x2.mul (local.get $n) (v128.const f64x2 1.5707963267341256 1.5707963267341256))))
        (local.set $tail (f64x2.mul (local.get $n) (v128.const f64x2 6.077100506506192e-11 6.077100506506192e-11)))
        (local.set $y (f64x2.sub (local.get $first) (local.get $tail)))
        (local.set $tail (f64x2.sub (f64x2.sub (local.get $first) (local.get $y)) (local.get $tail)))
        (local.set $z (f64x2.mul (local.get $y) (local.get $y)))
        ;; v = z y; sin = y − ((z (tail/2 − v r) − tail) − v S1), r the rest of the series
        (local.set $s (f64x2.mul (local.get $z) (local.get $y)))
        (local.set $sin
          (f64x2.sub (local.get $y) (f64x2.sub (f64x2.sub (f64x2.mul (local.get $z) (f64x2.sub (f64x2.mul (v128.const f64x2 0.5 0.5)
          (local.get $tail)) (f64x2.mul (local.get $s) (f64x2.add (v128.const f64x2 0.00833333333332249 0.00833333333332249) (f64x2.mul
          (local.get $z) (f64x2.add (v128.const f64x2 -0.0001984126982985795 -0.0001984126982985795) (f64x2.mul (local.get $z) (f64x2.add
          (v128.const f64x2 2.7557313707070068e-06 2.7557313707070068e-06) (f64x2.mul (local.get $z) (f64x2.add
          (v128.const f64x2 -2.5050760253406863e-08 -2.5050760253406863e-08) (f64x2.mul (local.get $z)
          (v128.const f64x2 1.58969099521155e-10 1.58969099521155e-10)))))))))))) (local.get $tail)) (f64x2.mul (local.get $s)
          (v128.const f64x2 -0.16666666666666632 -0.16666666666666632)))))
        ;; cos = w + (((1 − w) − z/2) + (z z C − y tail)), w = 1 − z/2
        (local.set $half (f64x2.mul (v128.const f64x2 0.5 0.5) (local.get $z)))
        (local.set $first (f64x2.sub (v128.const f64x2 1.0 1.0) (local.get $half)))
        (local.set $cos
          (f64x2.add (local.get $first) (f64x2.add (f64x2.sub (f64x2.sub (v128.const f64x2 1.0 1.0) (local.get $first))
          (local.get $half)) (f64x2.sub (f64x2.mul (local.get $z) (f64x2.mul (local.get $z) (f64x2.add
          (v128.const f64x2 0.0416666666666666 0.0416666666666666) (f64x2.mul (local.get $z) (f64x2.add
          (v128.const f64x2 -0.001388888888887411 -0.001388888888887411) (f64x2.mul (local.get $z) (f64x2.add
          (v128.const f64x2 2.480158728947673e-05 2.480158728947673e-05) (f64x2.mul (local.get $z) (f64x2.add
          (v128.const f64x2 -2.7557314351390663e-07 -2.7557314351390663e-07) (f64x2.mul (local.get $z) (f64x2.add
          (v128.const f64x2 2.087572321298175e-09 2.087572321298175e-09) (f64x2.mul (local.get $z)
          (v128.const f64x2 -1.1359647557788195e-11 -1.1359647557788195e-11))))))))))))) (f64x2.mul (local.get $y) (local.get $tail))))))
        ;; The quadrant: an odd one swaps them; the sine is negative in 2 and 3, the cosine in 1 and 2.
        (local.set $n (i32x4.trunc_sat_f64x2_s_zero (local.get $n)))
        (local.set $n (i8x16.shuffle 0 1 2 3 0 1 2 3 4 5 6 7 4 5 6 7 (local.get $n) (local.get $n)))
        (local.set $k (i64x2.shr_s (i64x2.shl (local.get $n) (i32.const 63)) (i32.const 63)))
        (local.set $first (v128.bitselect (local.get $cos) (local.get $sin) (local.get $k)))
        (local.set $cos (v128.bitselect (local.get $sin) (local.get $cos) (local.get $k)))
        (local.set $sin (v128.xor (local.get $first)
          (i64x2.shl (i64x2.shr_u (local.get $n) (i32.const 1)) (i32.const 63))))
        (local.set $cos (v128.xor (local.get $cos)
          (i64x2.shl (i64x2.shr_u (i64x2.add (local.get $n) (v128.const i64x2 1 1)) (i32.const 1)) (i32.const 63))))
        (local.set $cos (f32x4.demote_f64x2_zero (f64x2.mul (f64x2.mul (local.get $scale) (local.get $radius)) (local.get $cos))))
        (local.set $sin (f32x4.demote_f64x2_zero (f64x2.mul (local.get $scale) (f64x2.mul (local.get $radius) (local.get $sin)))))
        (v128.store (local.get $at)
          (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $cos) (local.get $sin)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (local.set $groups (i32.sub (local.get $groups) (i32.const 1)))
        (br_if $each (local.get $groups))))
    (i32.store (i32.const 0) (global.get $a))
    (i32.store offset=4 (i32.const 0) (global.get $b))
    (i32.store offset=8 (i32.const 0) (global.get $c))
    (i32.store offset=12 (i32.const 0) (global.get $d)))
  ;; In [0, 1), of 53 bits.
  (func $uniform (result f64)
    (local $high f64)
    (local.set $high (f64.mul (f64.convert_i32_u (i32.shr_u (call $next) (i32.const 5))) (f64.const 67108864)))
    (f64.mul
      (f64.add (local.get $high) (f64.convert_i32_u (i32.shr_u (call $next) (i32.const 6))))
      (f64.const 0x1p-53)))
  ;; xoshiro128** (Blackman and Vigna, 2021).
  (func $next (result i32)
    (local $a i32) (local $b i32) (local $c i32) (local $d i32) (local $b0 i32)
    (local.set $b0 (global.get $b))
    (local.set $a (global.get $a))
    (local.set $c (i32.xor (global.get $c) (local.get $a)))
    (local.set $d (i32.xor (global.get $d) (local.get $b0)))
    (local.set $b (i32.xor (local.get $b0) (local.get $c)))
    (global.set $b (local.get $b))
    (global.set $a (i32.xor (local.get $a) (local.get $d)))
    (global.set $c (i32.xor (local.get $c) (i32.shl (local.get $b0) (i32.const 9))))
    (global.set $d (i32.rotl (local.get $d) (i32.const 11)))
    (i32.mul (i32.rotl (i32.mul (local.get $b0) (i32.const 5)) (i32.const 7)) (i32.const 9))))
