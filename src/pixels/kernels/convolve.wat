;; Convolution of rows of bytes with the same few weights, 16 bytes at once.
(module
  (memory (export "memory") 2)
  ;; Copies a picture [size, size, 3] with the given numbers of pixels at its sides, mirrored without repeating the edge. Up to 15
  ;; bytes behind src are read and behind dst overwritten.
  (func (export "pad") (param $src i32) (param $dst i32) (param $size i32)
    (param $left i32) (param $right i32) (param $above i32) (param $below i32)
    (local $y i32) (local $i i32) (local $from i32) (local $row i32) (local $to i32) (local $last i32)
    (local.set $row (i32.mul (local.get $size) (i32.const 3)))
    (local.set $y (i32.sub (i32.const 0) (local.get $above)))
    (local.set $last (i32.add (local.get $size) (local.get $below)))
    (local.set $to (local.get $dst))
    (loop $eachRow
      (local.set $from (i32.add (local.get $src)
        (i32.mul (local.get $row) (call $mirror (local.get $y) (local.get $size)))))
      (local.set $i (i32.sub (i32.const 0) (local.get $left)))
      (block $noLeft
        (br_if $noLeft (i32.eqz (local.get $left)))
        (loop $eachLeft
          (i32.store align=1 (local.get $to) (i32.load align=1
            (i32.add (local.get $from) (i32.mul (i32.const 3) (call $mirror (local.get $i) (local.get $size))))))
          (local.set $to (i32.add (local.get $to) (i32.const 3)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $eachLeft (i32.lt_s (local.get $i) (i32.const 0)))))
      (local.set $i (i32.const 0))
      (loop $eachChunk
        (v128.store align=1 (i32.add (local.get $to) (local.get $i))
          (v128.load align=1 (i32.add (local.get $from) (local.get $i))))
        (local.set $i (i32.add (local.get $i) (i32.const 16)))
        (br_if $eachChunk (i32.lt_u (local.get $i) (local.get $row))))
      (local.set $to (i32.add (local.get $to) (local.get $row)))
      (local.set $i (i32.const 0))
      (block $noRight
        (br_if $noRight (i32.eqz (local.get $right)))
        (loop $eachRight
          (i32.store align=1 (local.get $to) (i32.load align=1
            (i32.add (local.get $from) (i32.mul (i32.const 3)
              (call $mirror (i32.add (local.get $size) (local.get $i)) (local.get $size))))))
          (local.set $to (i32.add (local.get $to) (i32.const 3)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $eachRight (i32.lt_s (local.get $i) (local.get $right)))))
      (local.set $y (i32.add (local.get $y) (i32.const 1)))
      (br_if $eachRow (i32.lt_s (local.get $y) (local.get $last)))))
  ;; Position -i or 2 (size - 1) - i of one outside 0..size-1, the nearest edge where that is outside too.
  (func $mirror (param $i i32) (param $size i32) (result i32)
    (if (i32.lt_s (local.get $i) (i32.const 0)) (then (local.set $i (i32.sub (i32.const 0) (local.get $i)))))
    (if (i32.ge_s (local.get $i) (local.get $size))
      (then (local.set $i (i32.sub (i32.shl (i32.sub (local.get $size) (i32.const 1)) (i32.const 1)) (local.get $i)))))
    (if (i32.lt_s (local.get $i) (i32.const 0)) (then (return (i32.const 0))))
    (if (i32.ge_s (local.get $i) (local.get $size)) (then (return (i32.sub (local.get $size) (i32.const 1)))))
    (local.get $i))
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
