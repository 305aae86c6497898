import LacunaAlgebra
import LacunaOpenCL
import Testing

@Suite("Threads", .enabled(if: !usableDevices.isEmpty, "no usable OpenCL device"))
struct ThreadTests {
  @Test("one backend serves several threads, and the same input gives the same bits") func shared() async throws {
    for device in usableDevices {
      let backend = try OpenCLBackend<Double>(device: device)
      let results = try await withThrowingTaskGroup(of: [Double].self) { group in
        for _ in 0..<6 {
          group.addTask {
            let n = 130
            let x = try backend.makeMatrix(rows: 2 * n, columns: n)
            try backend.fill(x, law: .gaussian, stream: RandomStream(seed: 4, stream: 1), offset: 0)
            try backend.mixBlocks(x, bounds: [0, 30, n], scale: 1, shift: [0.5, 1])
            let s = try backend.makeMatrix(rows: n, columns: n)
            try backend.accumulateGram(of: x, scale: 1 / 260, into: s)
            let copy = try backend.makeMatrix(rows: n, columns: n)
            try backend.copy(s, to: copy)
            let values = try backend.eigendecompose(copy)
            let determinant = try backend.invertPositiveDefinite(s)
            return values + [determinant] + (try backend.download(copy))
          }
        }
        return try await group.reduce(into: [[Double]]()) { $0.append($1) }
      }
      #expect(results.count == 6 && results.allSatisfy { $0 == results[0] && !$0.contains { $0.isNaN } })
    }
  }
}
