;; What is done to each value by itself, 16 bytes at once. Up to 15 bytes behind the picture are overwritten.
(module
  (memory (export "memory") 2)
  ;; v = (factor v + 32 offset) >> 12 of `length` bytes in place, clipped to 0..255. factor is 12 bits and offset 7 bits
  ;; behind the point, both signed 16 bits; rounding is in the offset.
  (func (export "linear") (param $at i32) (param $length i32) (param $factor i32) (param $offset i32)
    (local $end i32) (local $v v128) (local $low v128) (local $high v128) (local $pair v128) (local $one v128)
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    (local.set $one (v128.const i16x8 32 32 32 32 32 32 32 32))
    (local.set $pair (i32x4.splat (i32.or
      (i32.and (local.get $factor) (i32.const 0xffff))
      (i32.shl (local.get $offset) (i32.const 16)))))
    (loop $each
      (local.set $v (v128.load align=1 (local.get $at)))
      (local.set $low (i16x8.extend_low_i8x16_u (local.get $v)))
      (local.set $high (i16x8.extend_high_i8x16_u (local.get $v)))
      (v128.store align=1 (local.get $at)
        (i8x16.narrow_i16x8_u
          (i16x8.narrow_i32x4_s
            (i32x4.shr_s (i32x4.dot_i16x8_s (local.get $pair)
              (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $low) (local.get $one))) (i32.const 12))
            (i32x4.shr_s (i32x4.dot_i16x8_s (local.get $pair)
              (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $low) (local.get $one))) (i32.const 12)))
          (i16x8.narrow_i32x4_s
            (i32x4.shr_s (i32x4.dot_i16x8_s (local.get $pair)
              (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $high) (local.get $one))) (i32.const 12))
            (i32x4.shr_s (i32x4.dot_i16x8_s (local.get $pair)
              (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $high) (local.get $one))) (i32.const 12)))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $each (i32.lt_u (local.get $at) (local.get $end)))))
  ;; Replaces `length` bytes by those of the table at address 0.
  (func (export "lookup") (param $at i32) (param $length i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    (loop $each
      (i32.store8 offset=0 (local.get $at) (i32.load8_u (i32.load8_u offset=0 (local.get $at))))
      (i32.store8 offset=1 (local.get $at) (i32.load8_u (i32.load8_u offset=1 (local.get $at))))
      (i32.store8 offset=2 (local.get $at) (i32.load8_u (i32.load8_u offset=2 (local.get $at))))
      (i32.store8 offset=3 (local.get $at) (i32.load8_u (i32.load8_u offset=3 (local.get $at))))
      (i32.store8 offset=4 (local.get $at) (i32.load8_u (i32.load8_u offset=4 (local.get $at))))
      (i32.store8 offset=5 (local.get $at) (i32.load8_u (i32.load8_u offset=5 (local.get $at))))
      (i32.store8 offset=6 (local.get $at) (i32.load8_u (i32.load8_u offset=6 (local.get $at))))
      (i32.store8 offset=7 (local.get $at) (i32.load8_u (i32.load8_u offset=7 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $each (i32.lt_u (local.get $at) (local.get $end)))))
  ;; Multiplies byte i of row y of src by columns[i] + rows[y] into dst, rounded and clipped: gains are 11 bits behind the point
  ;; in unsigned 16 bits. Up to 15 bytes behind each row are read and written.
  (func (export "graded") (param $src i32) (param $dst i32) (param $rowBytes i32) (param $count i32) (param $columns i32)
    (param $rows i32)
    (local $i i32) (local $v v128) (local $row v128) (local $gain v128) (local $gain2 v128) (local $half v128)
    (local $low v128) (local $high v128)
    (local.set $half (v128.const i32x4 1024 1024 1024 1024))
    (loop $eachRow
      (local.set $row (v128.load16_splat (local.get $rows)))
      (local.set $i (i32.const 0))
      (loop $each
        (local.set $v (v128.load align=1 (i32.add (local.get $src) (local.get $i))))
        (local.set $gain (i16x8.add (local.get $row)
          (v128.load align=1 (i32.add (local.get $columns) (i32.shl (local.get $i) (i32.const 1))))))
        (local.set $gain2 (i16x8.add (local.get $row)
          (v128.load offset=16 align=1 (i32.add (local.get $columns) (i32.shl (local.get $i) (i32.const 1))))))
        (local.set $low (i16x8.extend_low_i8x16_u (local.get $v)))
        (local.set $high (i16x8.extend_high_i8x16_u (local.get $v)))
        (v128.store align=1 (i32.add (local.get $dst) (local.get $i))
          (i8x16.narrow_i16x8_u
            (i16x8.narrow_i32x4_s
              (i32x4.shr_u (i32x4.add (local.get $half)
                (i32x4.extmul_low_i16x8_u (local.get $low) (local.get $gain))) (i32.const 11))
              (i32x4.shr_u (i32x4.add (local.get $half)
                (i32x4.extmul_high_i16x8_u (local.get $low) (local.get $gain))) (i32.const 11)))
            (i16x8.narrow_i32x4_s
              (i32x4.shr_u (i32x4.add (local.get $half)
                (i32x4.extmul_low_i16x8_u (local.get $high) (local.get $gain2))) (i32.const 11))
              (i32x4.shr_u (i32x4.add (local.get $half)
                (i32x4.extmul_high_i16x8_u (local.get $high) (local.get $gain2))) (i32.const 11)))))
        (local.set $i (i32.add (local.get $i) (i32.const 16)))
        (br_if $each (i32.lt_u (local.get $i) (local.get $rowBytes))))
      (local.set $src (i32.add (local.get $src) (local.get $rowBytes)))
      (local.set $dst (i32.add (local.get $dst) (local.get $rowBytes)))
      (local.set $rows (i32.add (local.get $rows) (i32.const 2)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br_if $eachRow (local.get $count)))))
