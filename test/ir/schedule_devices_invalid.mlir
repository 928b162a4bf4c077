// RUN: syncnas-opt %s -split-input-file -verify-diagnostics

// A kernel of the GPU that reads the host's memory.
module attributes {snc.units = array<i64: 1, 1>, snc.devices = ["cpu", "opencl"]} {
snc.kernel @g(%x: tensor<4xf32>) -> tensor<4xf32> attributes {snc.device = "opencl"} {
  %0 = snc.relu %x : (tensor<4xf32>) -> tensor<4xf32>
  snc.yield %0 : tensor<4xf32>
}
snc.program @main arena 16 lower_bound 16 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : !snc.buffer<tensor<4xf32>>
  %a = snc.buffer arena 0 : !snc.buffer<tensor<4xf32>>
  // expected-error @below {{S7: kernel @g cannot use memory of the host}}
  snc.call @g unit 1 reads(%x : !snc.buffer<tensor<4xf32>>) writes(%a : !snc.buffer<tensor<4xf32>>)
}
}

// -----

// A kernel of the CPU that writes the GPU's.
module attributes {snc.units = array<i64: 1, 1>, snc.devices = ["cpu", "opencl"]} {
snc.kernel @c(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = snc.relu %x : (tensor<4xf32>) -> tensor<4xf32>
  snc.yield %0 : tensor<4xf32>
}
snc.program @main arena 0 lower_bound 0 weights 0 attributes {device_arena = 16 : i64} {
  %x = snc.buffer input 0 {index = 0 : i64} : !snc.buffer<tensor<4xf32>>
  %a = snc.buffer device_arena 0 : !snc.buffer<tensor<4xf32>>
  // expected-error @below {{S7: kernel @c cannot use memory of the GPU}}
  snc.call @c unit 0 reads(%x : !snc.buffer<tensor<4xf32>>) writes(%a : !snc.buffer<tensor<4xf32>>)
}
}

// -----

// A transfer in the wrong direction.
module attributes {snc.units = array<i64: 1, 1>, snc.devices = ["cpu", "opencl"]} {
snc.kernel @up(%x: tensor<4xf32>) -> tensor<4xf32> attributes {snc.device = "opencl"} {
  %0 = snc.transfer %x : (tensor<4xf32>) -> tensor<4xf32>
  snc.yield %0 : tensor<4xf32>
}
snc.program @main arena 16 lower_bound 16 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : !snc.buffer<tensor<4xf32>>
  %a = snc.buffer arena 0 : !snc.buffer<tensor<4xf32>>
  // expected-error @below {{S7: kernel @up cannot use memory of the host}}
  snc.call @up unit 1 reads(%x : !snc.buffer<tensor<4xf32>>) writes(%a : !snc.buffer<tensor<4xf32>>)
}
}

// -----

// A place that a GPU cannot make a buffer of.
module attributes {snc.units = array<i64: 1>, snc.devices = ["opencl"]} {
snc.kernel @up(%x: tensor<4xf32>) -> tensor<4xf32> attributes {snc.device = "opencl"} {
  %0 = snc.transfer %x : (tensor<4xf32>) -> tensor<4xf32>
  snc.yield %0 : tensor<4xf32>
}
snc.program @main arena 0 lower_bound 0 weights 0 attributes {device_arena = 1024 : i64} {
  %x = snc.buffer input 0 {index = 0 : i64} : !snc.buffer<tensor<4xf32>>
  // expected-error @below {{S1: is not aligned for a GPU, at byte 64}}
  %a = snc.buffer device_arena 64 : !snc.buffer<tensor<4xf32>>
  snc.call @up unit 0 reads(%x : !snc.buffer<tensor<4xf32>>) writes(%a : !snc.buffer<tensor<4xf32>>)
}
}

// -----

// Two values of the GPU in one place at the same time.
module attributes {snc.units = array<i64: 1>, snc.devices = ["opencl"]} {
snc.kernel @up(%x: tensor<4xf32>) -> tensor<4xf32> attributes {snc.device = "opencl"} {
  %0 = snc.transfer %x : (tensor<4xf32>) -> tensor<4xf32>
  snc.yield %0 : tensor<4xf32>
}
snc.kernel @add(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> attributes {snc.device = "opencl"} {
  %0 = snc.add %x, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  snc.yield %0 : tensor<4xf32>
}
// expected-error @below {{S3: the buffers at 0 and 0 share memory and are in use at the same time}}
snc.program @main arena 0 lower_bound 0 weights 0 attributes {device_arena = 1024 : i64} {
  %x = snc.buffer input 0 {index = 0 : i64} : !snc.buffer<tensor<4xf32>>
  %y = snc.buffer input 0 {index = 1 : i64} : !snc.buffer<tensor<4xf32>>
  %a = snc.buffer device_arena 0 : !snc.buffer<tensor<4xf32>>
  %b = snc.buffer device_arena 0 : !snc.buffer<tensor<4xf32>>
  %c = snc.buffer device_arena 512 : !snc.buffer<tensor<4xf32>>
  snc.call @up unit 0 reads(%x : !snc.buffer<tensor<4xf32>>) writes(%a : !snc.buffer<tensor<4xf32>>)
  snc.call @up unit 0 reads(%y : !snc.buffer<tensor<4xf32>>) writes(%b : !snc.buffer<tensor<4xf32>>)
  snc.call @add unit 0 reads(%a, %b : !snc.buffer<tensor<4xf32>>, !snc.buffer<tensor<4xf32>>) writes(%c : !snc.buffer<tensor<4xf32>>)
}
}
