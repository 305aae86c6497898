import LacunaAlgebra
import LacunaConformance
import LacunaOpenCL
import Testing

private let devices = OpenCLDevice.all().filter(\.isUsable)

/// What goes along rows, and what only moves numbers, gives the bits that it gives in one buffer.
@Suite(.enabled(if: !devices.isEmpty, "no usable OpenCL device")) struct SlabBitsTests {
  /// Matrices of 131 rows by 70, or by 90, are five slabs of 31, or six of 24, where a buffer holds 2200 numbers.
  private func results(_ backend: some Backend<Float>) throws -> [(operation: String, values: [Float])] {
    let (n, d) = (131, 70)
    var found: [(operation: String, values: [Float])] = []
    func matrix(_ rows: Int, _ columns: Int, _ index: UInt64) throws -> Dense {
      backend.rounded(.random(rows, columns, seed: index))
    }
    let (x, y) = (try matrix(n, d, 1), try matrix(n, d, 2))
    func add(_ operation: String, _ rows: Int, _ columns: Int, _ body: (_ out: Dense) throws -> [Float]) throws {
      found.append((operation, try body(try matrix(rows, columns, 3))))
    }
    // Rows in an order of their own: all slabs into each.
    let order = (0..<n).map { ($0 * 37 + 5) % n }
    try add("gather", n, d) {
      let out = try backend.matrix($0)
      try backend.gather(of: backend.matrix(x), rows: order, into: out)
      return try backend.download(out)
    }
    try add("gather of columns", 50, 90) {
      let out = try backend.matrix($0)
      try backend.gather(
        of: backend.matrix(x), rows: Array(order.prefix(50)), columns: (0..<90).map { $0 * 7 % d }, into: out)
      return try backend.download(out)
    }
    try add("scatterRows", n, d) {
      let out = try backend.matrix($0)
      try backend.scatterRows(of: backend.matrix(x).firstRows(100), to: out, at: Array(order.prefix(100)))
      return try backend.download(out)
    }
    try add("copyColumns", n, 51) {
      let out = try backend.matrix($0)
      try backend.copyColumns(of: backend.matrix(x), from: 13, to: out)
      return try backend.download(out)
    }
    for (name, masks) in [
      ("bernoulli", MaskPattern.bernoulli(keep: 0.4, count: 3, stream: RandomStream(seed: 5, stream: 1))),
      ("fixed", .fixedSize(visible: 20, count: 3, stream: RandomStream(seed: 5, stream: 2))),
    ] {
      try add("maskRows \(name)", 250, d) {
        let out = try backend.matrix($0)
        try backend.maskRows(
          of: backend.matrix(x), masks: masks, firstSample: 7, firstPair: 80, keeping: .visible, into: out)
        return try backend.download(out)
      }
    }
    let rows = try matrix(1, n, 4)
    let columns = try matrix(1, d, 5)
    func changed(_ operation: String, _ body: (_ a: Dense) throws -> [Float]) throws {
      found.append((operation, try body(x)))
    }
    try changed("scale") {
      let a = try backend.matrix($0)
      try backend.scale(a, rows: backend.matrix(rows), columns: backend.matrix(columns))
      return try backend.download(a)
    }
    try changed("leaveSamplesOut") {
      let a = try backend.matrix($0)
      try backend.leaveSamplesOut(
        a, complements: backend.matrix(rows), diagonal: backend.matrix(columns), sampleCount: 200)
      return try backend.download(a)
    }
    try changed("autoregress") {
      let a = try backend.matrix($0)
      try backend.autoregress(a, correlation: 0.7, adjoint: true)
      return try backend.download(a)
    }
    try changed("mixBlocks") {
      let a = try backend.matrix($0)
      try backend.mixBlocks(a, bounds: [0, 20, 33, d], scale: 0.5, shift: [1, 2, 3])
      return try backend.download(a)
    }
    try changed("add and hadamard") {
      let (a, b) = (try backend.matrix($0), try backend.matrix(y))
      try backend.add(a, alpha: 2, beta: -1, to: b)
      try backend.hadamard(a, b, into: b)
      return try backend.download(b)
    }
    try changed("rowDots") {
      let out = try backend.makeVector(n)
      try backend.rowDots(backend.matrix($0), backend.matrix(y), weights: backend.matrix(columns), into: out)
      return try backend.download(out)
    }
    let square = try matrix(n, n, 6)
    func squared(_ operation: String, _ body: (_ a: Dense) throws -> [Float]) throws {
      found.append((operation, try body(square)))
    }
    try squared("symmetrize") {
      let a = try backend.matrix($0)
      try backend.symmetrize(a)
      return try backend.download(a)
    }
    try squared("clearUpperTriangle") {
      let a = try backend.matrix($0)
      try backend.clearUpperTriangle(of: a)
      return try backend.download(a)
    }
    try squared("diagonals") {
      let (a, out) = (try backend.matrix($0), try backend.makeVector(n))
      try backend.addDiagonal(0.3, to: a)
      try backend.diagonal(of: a, into: out)
      try backend.setDiagonal(of: a, to: backend.matrix(rows))
      return try backend.download(out) + backend.download(a)
    }
    return found
  }

  @Test func bits() throws {
    for device in devices {
      let whole = try results(try OpenCLBackend<Float>(device: device))
      let slabs = try results(try SlabTests.backend(device, Float.self, numbers: 2200))
      #expect(whole.count == 15 && slabs.count == whole.count)
      for (a, b) in zip(slabs, whole) {
        #expect(a.operation == b.operation && !a.values.isEmpty && a.values.count == b.values.count)
        #expect(zip(a.values, b.values).count { $0 != $1 } == 0, "\(a.operation)")
      }
    }
  }

  /// Rows ride through the transforms in other pairs, so rounding differs: both are within the law's bound of C z.
  @Test func circulants() throws {
    let (n, d, width) = (131, 70, 90)
    let eigenvalues = (0..<100).map { k in Float(2 + min(k, 100 - k) % 7) }
    func results(_ backend: OpenCLBackend<Float>) throws -> [Float] {
      let (z, out) = (try backend.matrix(.random(n, d, seed: 1)), try backend.makeMatrix(rows: n, columns: width))
      try backend.filterCirculant(z, eigenvalues: eigenvalues, into: out)
      let forms = try backend.makeVector(n)
      try backend.circulantForms(of: out, eigenvalues: eigenvalues, into: forms)
      return try backend.download(out) + backend.download(forms)
    }
    for device in devices {
      let whole = try results(try OpenCLBackend<Float>(device: device))
      let slabs = try results(try SlabTests.backend(device, Float.self, numbers: 2200))
      #expect(slabs.count == n * (width + 1) && whole.count == slabs.count)
      let entries = n * width
      let size = whole[..<entries].reduce(Float(0)) { max($0, abs($1)) }
      for i in slabs.indices {
        let bound = i < entries ? 32 * size : 64 * abs(whole[i])
        #expect(abs(slabs[i] - whole[i]) <= bound * Float.ulpOfOne)
      }
    }
  }
}
