// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-plan-memory -split-input-file | FileCheck %s

// Branches write their halves of a concat in place, unit 1 at byte 128 of 256. The
// call without a unit meets both, so there is no event.
// CHECK-LABEL: snc.program @main arena 256 lower_bound 256
// CHECK: %[[A:.+]] = snc.buffer arena 0 : <tensor<64xf32>>
// CHECK-DAG: %[[A0:.+]] = snc.view %[[A]] at 0 : <tensor<64xf32>> to <tensor<32xf32>>
// CHECK-DAG: %[[A1:.+]] = snc.view %[[A]] at 128 : <tensor<64xf32>> to <tensor<32xf32>>
// CHECK-DAG: snc.call @half unit 0 reads(%{{.+}} : {{.*}}) writes(%[[A0]] :
// CHECK-DAG: snc.call @half unit 1 reads(%{{.+}} : {{.*}}) writes(%[[A1]] :
// CHECK: snc.call @whole reads(%[[A]] :
// CHECK-NOT: snc.{{wait|signal}}
snc.kernel @half(%x: tensor<32xf32>) -> tensor<32xf32> {
  %0 = snc.relu %x : (tensor<32xf32>) -> tensor<32xf32>
  snc.yield %0 : tensor<32xf32>
}
snc.kernel @whole(%x: tensor<64xf32>) -> tensor<64xf32> {
  %0 = snc.relu %x : (tensor<64xf32>) -> tensor<64xf32>
  snc.yield %0 : tensor<64xf32>
}
func.func @main(%x: tensor<32xf32>) -> tensor<64xf32> {
  %0 = snc.launch @half(%x) unit 0 : (tensor<32xf32>) -> tensor<32xf32>
  %1 = snc.launch @half(%x) unit 1 : (tensor<32xf32>) -> tensor<32xf32>
  %2 = snc.concat %0, %1 {axis = 0, snc.in_place} : (tensor<32xf32>, tensor<32xf32>) -> tensor<64xf32>
  %3 = snc.launch @whole(%2) : (tensor<64xf32>) -> tensor<64xf32>
  return %3 : tensor<64xf32>
}

// -----

// Each unit's chain of three tensors; a unit needs two neighbours at once, and two
// units need them at the same time, so no unit's memory is the other's.
// CHECK-LABEL: snc.program @main arena 1024 lower_bound
// CHECK-DAG: snc.buffer arena 0 :
// CHECK-DAG: snc.buffer arena 256 :
// CHECK-DAG: snc.buffer arena 512 :
// CHECK-DAG: snc.buffer arena 768 :
// CHECK-NOT: snc.{{wait|signal}}
snc.kernel @k(%x: tensor<64xf32>) -> tensor<64xf32> {
  %0 = snc.relu %x : (tensor<64xf32>) -> tensor<64xf32>
  snc.yield %0 : tensor<64xf32>
}
func.func @main(%x: tensor<64xf32>) -> (tensor<64xf32>, tensor<64xf32>) {
  %0 = snc.launch @k(%x) unit 0 : (tensor<64xf32>) -> tensor<64xf32>
  %1 = snc.launch @k(%0) unit 0 : (tensor<64xf32>) -> tensor<64xf32>
  %2 = snc.launch @k(%1) unit 0 : (tensor<64xf32>) -> tensor<64xf32>
  %3 = snc.launch @k(%2) unit 0 : (tensor<64xf32>) -> tensor<64xf32>
  %4 = snc.launch @k(%x) unit 1 : (tensor<64xf32>) -> tensor<64xf32>
  %5 = snc.launch @k(%4) unit 1 : (tensor<64xf32>) -> tensor<64xf32>
  %6 = snc.launch @k(%5) unit 1 : (tensor<64xf32>) -> tensor<64xf32>
  %7 = snc.launch @k(%6) unit 1 : (tensor<64xf32>) -> tensor<64xf32>
  return %3, %7 : tensor<64xf32>, tensor<64xf32>
}

// -----

// One chain over both units, one event: it needs no more than two neighbours at
// once, whichever unit they are on.
// CHECK-LABEL: snc.program @main arena 512 lower_bound 512
// CHECK: snc.signal 0
// CHECK-NEXT: snc.wait 1 for
// CHECK-NOT: snc.{{wait|signal}}
snc.kernel @k(%x: tensor<64xf32>) -> tensor<64xf32> {
  %0 = snc.relu %x : (tensor<64xf32>) -> tensor<64xf32>
  snc.yield %0 : tensor<64xf32>
}
func.func @main(%x: tensor<64xf32>) -> tensor<64xf32> {
  %0 = snc.launch @k(%x) unit 0 : (tensor<64xf32>) -> tensor<64xf32>
  %1 = snc.launch @k(%0) unit 0 : (tensor<64xf32>) -> tensor<64xf32>
  %2 = snc.launch @k(%1) unit 0 : (tensor<64xf32>) -> tensor<64xf32>
  %4 = snc.launch @k(%2) unit 1 : (tensor<64xf32>) -> tensor<64xf32>
  %5 = snc.launch @k(%4) unit 1 : (tensor<64xf32>) -> tensor<64xf32>
  %6 = snc.launch @k(%5) unit 1 : (tensor<64xf32>) -> tensor<64xf32>
  return %6 : tensor<64xf32>
}

// -----

// Halos: each unit's second call reads rows of both halves, so each waits for the
// other's first, and for nothing else: two events for four uses across units.
// Calls come in steps: first both writers, then both readers.
// CHECK-LABEL: snc.program @main
// CHECK: snc.call @half unit 0
// CHECK-NEXT: %[[E0:.+]] = snc.signal 0
// CHECK: snc.call @half unit 1
// CHECK-NEXT: %[[E1:.+]] = snc.signal 1
// CHECK: snc.wait 0 for %[[E1]]
// CHECK-NEXT: snc.call @halo unit 0
// CHECK: snc.call @half unit 0
// CHECK: snc.wait 1 for %[[E0]]
// CHECK-NEXT: snc.call @halo unit 1
// CHECK: snc.call @half unit 1
// CHECK-NOT: snc.{{wait|signal}}
snc.kernel @half(%x: tensor<32xf32>) -> tensor<32xf32> {
  %0 = snc.relu %x : (tensor<32xf32>) -> tensor<32xf32>
  snc.yield %0 : tensor<32xf32>
}
snc.kernel @halo(%x: tensor<48xf32>) -> tensor<32xf32> {
  %0 = snc.slice %x {starts = array<i64: 8>, sizes = array<i64: 32>, steps = array<i64: 1>} : (tensor<48xf32>) -> tensor<32xf32>
  snc.yield %0 : tensor<32xf32>
}
func.func @main(%x: tensor<32xf32>) -> tensor<64xf32> {
  %0 = snc.launch @half(%x) unit 0 : (tensor<32xf32>) -> tensor<32xf32>
  %1 = snc.launch @half(%x) unit 1 : (tensor<32xf32>) -> tensor<32xf32>
  %2 = snc.concat %0, %1 {axis = 0, snc.in_place} : (tensor<32xf32>, tensor<32xf32>) -> tensor<64xf32>
  %3 = snc.slice %2 {starts = array<i64: 0>, sizes = array<i64: 48>, steps = array<i64: 1>, snc.in_place} : (tensor<64xf32>) -> tensor<48xf32>
  %4 = snc.launch @halo(%3) unit 0 : (tensor<48xf32>) -> tensor<32xf32>
  %5 = snc.launch @half(%4) unit 0 : (tensor<32xf32>) -> tensor<32xf32>
  %6 = snc.slice %2 {starts = array<i64: 16>, sizes = array<i64: 48>, steps = array<i64: 1>, snc.in_place} : (tensor<64xf32>) -> tensor<48xf32>
  %7 = snc.launch @halo(%6) unit 1 : (tensor<48xf32>) -> tensor<32xf32>
  %8 = snc.launch @half(%7) unit 1 : (tensor<32xf32>) -> tensor<32xf32>
  %9 = snc.concat %5, %8 {axis = 0, snc.in_place} : (tensor<32xf32>, tensor<32xf32>) -> tensor<64xf32>
  return %9 : tensor<64xf32>
}

// -----

// A slice that stays in one's own half waits for nobody.
// CHECK-LABEL: snc.program @main
// CHECK: snc.call @half unit 0
// CHECK: snc.call @half unit 1
// CHECK-NOT: snc.{{wait|signal}}
snc.kernel @half(%x: tensor<32xf32>) -> tensor<32xf32> {
  %0 = snc.relu %x : (tensor<32xf32>) -> tensor<32xf32>
  snc.yield %0 : tensor<32xf32>
}
snc.kernel @part(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = snc.relu %x : (tensor<8xf32>) -> tensor<8xf32>
  snc.yield %0 : tensor<8xf32>
}
func.func @main(%x: tensor<32xf32>) -> (tensor<64xf32>, tensor<8xf32>) {
  %0 = snc.launch @half(%x) unit 0 : (tensor<32xf32>) -> tensor<32xf32>
  %1 = snc.launch @half(%x) unit 1 : (tensor<32xf32>) -> tensor<32xf32>
  %2 = snc.concat %0, %1 {axis = 0, snc.in_place} : (tensor<32xf32>, tensor<32xf32>) -> tensor<64xf32>
  %3 = snc.slice %2 {starts = array<i64: 24>, sizes = array<i64: 8>, steps = array<i64: 1>, snc.in_place} : (tensor<64xf32>) -> tensor<8xf32>
  %4 = snc.launch @part(%3) unit 0 : (tensor<8xf32>) -> tensor<8xf32>
  return %2, %4 : tensor<64xf32>, tensor<8xf32>
}

// -----

// Rows of a window: each unit writes its rows of all planes, rows 0 and 1 of 5 and
// rows 2 to 4. Row 1, read by unit 1, is unit 0's.
// CHECK-LABEL: snc.program @main
// CHECK: %[[TOP:.+]] = snc.view %{{.+}} at 0 : <tensor<1x3x5x4xf32>> to <tensor<1x3x2x4xf32, #snc.window<5>>>
// CHECK-NEXT: snc.call @top unit 0 {{.*}} writes(%[[TOP]] :
// CHECK-NEXT: %[[E:.+]] = snc.signal 0
// CHECK-NEXT: %[[BOTTOM:.+]] = snc.view %{{.+}} at 32 : <tensor<1x3x5x4xf32>> to <tensor<1x3x3x4xf32, #snc.window<5>>>
// CHECK-NEXT: snc.call @bottom unit 1 {{.*}} writes(%[[BOTTOM]] :
// CHECK-NEXT: %[[READ:.+]] = snc.view %{{.+}} at 16 : <tensor<1x3x5x4xf32>> to <tensor<1x3x3x4xf32, #snc.window<5>>>
// CHECK-NEXT: snc.wait 1 for %[[E]]
// CHECK-NEXT: snc.call @read unit 1 reads(%[[READ]] :
// CHECK-NOT: snc.{{wait|signal}}
snc.kernel @top(%x: tensor<1x3x2x4xf32>) -> tensor<1x3x2x4xf32, #snc.window<5>> {
  %0 = snc.relayout %x : (tensor<1x3x2x4xf32>) -> tensor<1x3x2x4xf32, #snc.window<5>>
  snc.yield %0 : tensor<1x3x2x4xf32, #snc.window<5>>
}
snc.kernel @bottom(%x: tensor<1x3x3x4xf32>) -> tensor<1x3x3x4xf32, #snc.window<5>> {
  %0 = snc.relayout %x : (tensor<1x3x3x4xf32>) -> tensor<1x3x3x4xf32, #snc.window<5>>
  snc.yield %0 : tensor<1x3x3x4xf32, #snc.window<5>>
}
snc.kernel @read(%x: tensor<1x3x3x4xf32, #snc.window<5>>) -> tensor<1x3x3x4xf32> {
  %0 = snc.relayout %x : (tensor<1x3x3x4xf32, #snc.window<5>>) -> tensor<1x3x3x4xf32>
  snc.yield %0 : tensor<1x3x3x4xf32>
}
func.func @main(%x: tensor<1x3x2x4xf32>, %z: tensor<1x3x3x4xf32>) -> tensor<1x3x3x4xf32> {
  %0 = snc.launch @top(%x) unit 0 : (tensor<1x3x2x4xf32>) -> tensor<1x3x2x4xf32, #snc.window<5>>
  %1 = snc.launch @bottom(%z) unit 1 : (tensor<1x3x3x4xf32>) -> tensor<1x3x3x4xf32, #snc.window<5>>
  %2 = snc.concat %0, %1 {axis = 2, snc.in_place} : (tensor<1x3x2x4xf32, #snc.window<5>>, tensor<1x3x3x4xf32, #snc.window<5>>) -> tensor<1x3x5x4xf32>
  %3 = snc.slice %2 {starts = array<i64: 0, 0, 1, 0>, sizes = array<i64: 1, 3, 3, 4>, steps = array<i64: 1, 1, 1, 1>, snc.in_place} : (tensor<1x3x5x4xf32>) -> tensor<1x3x3x4xf32, #snc.window<5>>
  %4 = snc.launch @read(%3) unit 1 : (tensor<1x3x3x4xf32, #snc.window<5>>) -> tensor<1x3x3x4xf32>
  return %4 : tensor<1x3x3x4xf32>
}

// -----

// Launches of different units in any order become steps: unit 0's chain of two and
// unit 1's, each call reading the other's last, are three levels.
// CHECK-LABEL: snc.program @main
// CHECK: snc.call @k unit 0 {{.*}}snc.name = "a"
// CHECK: snc.call @k unit 1 {{.*}}snc.name = "free"
// CHECK: snc.call @k unit 1 {{.*}}snc.name = "b"
// CHECK: snc.call @k unit 0 {{.*}}snc.name = "c"
snc.kernel @k(%x: tensor<64xf32>) -> tensor<64xf32> {
  %0 = snc.relu %x : (tensor<64xf32>) -> tensor<64xf32>
  snc.yield %0 : tensor<64xf32>
}
func.func @main(%x: tensor<64xf32>) -> (tensor<64xf32>, tensor<64xf32>) {
  %free = snc.launch @k(%x) unit 1 {snc.name = "free"} : (tensor<64xf32>) -> tensor<64xf32>
  %a = snc.launch @k(%x) unit 0 {snc.name = "a"} : (tensor<64xf32>) -> tensor<64xf32>
  %b = snc.launch @k(%a) unit 1 {snc.name = "b"} : (tensor<64xf32>) -> tensor<64xf32>
  %c = snc.launch @k(%b) unit 0 {snc.name = "c"} : (tensor<64xf32>) -> tensor<64xf32>
  return %c, %free : tensor<64xf32>, tensor<64xf32>
}
