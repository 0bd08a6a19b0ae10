;; Convolution of rows of bytes with the same few weights, 16 bytes at once.
(module
  (memory (export "memory") 2)
  ;; dst[y rowBytes + i] = (128 + Σ_k weights[k] src[y stride + i + offsets[k]]) >> 8, for i < rowBytes, y < rows.
  ;; Weights are 16 bits and add up to 256, offsets 32 bits. Up to 15 bytes behind the last row of dst are overwritten, and as
  ;; many read behind each row of src.
  (func (export "convolve")
    (param $src i32) (param $dst i32) (param $rowBytes i32) (param $rows i32) (param $stride i32)
    (param $offsets i32) (param $weights i32) (param $taps i32)
    (local $y i32) (local $i i32) (local $k i32) (local $row i32) (local $low v128) (local $high v128)
    (local $bytes v128) (local $weight v128)
    (block $done
      (br_if $done (i32.eqz (local.get $rows)))
      (loop $eachRow
        (local.set $i (i32.const 0))
        (loop $eachChunk
          (local.set $row (i32.add (local.get $src) (local.get $i)))
          (local.set $low (v128.const i16x8 128 128 128 128 128 128 128 128))
          (local.set $high (local.get $low))
          (local.set $k (i32.const 0))
          (loop $eachTap
            (local.set $bytes (v128.load align=1 (i32.add (local.get $row)
              (i32.load (i32.add (local.get $offsets) (i32.shl (local.get $k) (i32.const 2)))))))
            (local.set $weight (v128.load16_splat (i32.add (local.get $weights) (i32.shl (local.get $k) (i32.const 1)))))
            (local.set $low (i16x8.add (local.get $low)
              (i16x8.mul (i16x8.extend_low_i8x16_u (local.get $bytes)) (local.get $weight))))
            (local.set $high (i16x8.add (local.get $high)
              (i16x8.mul (i16x8.extend_high_i8x16_u (local.get $bytes)) (local.get $weight))))
            (local.set $k (i32.add (local.get $k) (i32.const 1)))
            (br_if $eachTap (i32.lt_u (local.get $k) (local.get $taps))))
          (v128.store align=1 (i32.add (local.get $dst) (local.get $i))
            (i8x16.narrow_i16x8_u
              (i16x8.shr_u (local.get $low) (i32.const 8))
              (i16x8.shr_u (local.get $high) (i32.const 8))))
          (local.set $i (i32.add (local.get $i) (i32.const 16)))
          (br_if $eachChunk (i32.lt_u (local.get $i) (local.get $rowBytes))))
        (local.set $src (i32.add (local.get $src) (local.get $stride)))
        (local.set $dst (i32.add (local.get $dst) (local.get $rowBytes)))
        (local.set $y (i32.add (local.get $y) (i32.const 1)))
        (br_if $eachRow (i32.lt_u (local.get $y) (local.get $rows)))))))
