;; A step of Adam on arrays in one page of memory, four numbers at a time, in 32 bits like PyTorch.
;; Weights from byte 0, first moments from 16384, second moments from 32768, gradients from 49152.
(module
  (memory (export "memory") 1)
  (func (export "step")
    (param $bytes i32) (param $rate f32) (param $correction f32) (param $epsilon f32) (param $decayFactor f32)
    (param $beta1 f32) (param $rest1 f32) (param $beta2 f32) (param $rest2 f32)
    (local $i i32) (local $g v128) (local $m v128) (local $v v128)
    (loop $next
      (local.set $g (v128.load offset=49152 (local.get $i)))
      (local.set $m (f32x4.add
        (f32x4.mul (f32x4.splat (local.get $beta1)) (v128.load offset=16384 (local.get $i)))
        (f32x4.mul (f32x4.splat (local.get $rest1)) (local.get $g))))
      (local.set $v (f32x4.add
        (f32x4.mul (f32x4.splat (local.get $beta2)) (v128.load offset=32768 (local.get $i)))
        (f32x4.mul (f32x4.mul (f32x4.splat (local.get $rest2)) (local.get $g)) (local.get $g))))
      (v128.store offset=16384 (local.get $i) (local.get $m))
      (v128.store offset=32768 (local.get $i) (local.get $v))
      (v128.store (local.get $i) (f32x4.sub
        (f32x4.mul (f32x4.splat (local.get $decayFactor)) (v128.load (local.get $i)))
        (f32x4.div
          (f32x4.mul (f32x4.splat (local.get $rate)) (local.get $m))
          (f32x4.add
            (f32x4.mul (f32x4.sqrt (local.get $v)) (f32x4.splat (local.get $correction)))
            (f32x4.splat (local.get $epsilon))))))
      (br_if $next (i32.lt_u
        (local.tee $i (i32.add (local.get $i) (i32.const 16)))
        (local.get $bytes))))))
